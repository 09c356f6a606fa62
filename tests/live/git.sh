# A repository is made, worked in, packed, cloned and checked.
. "$(dirname "$0")/lib.sh"
export GIT_CONFIG_NOSYSTEM=1
git config --global user.name Somebody
git config --global user.email somebody@example.org
git config --global init.defaultBranch main

git init -q r
cd r
for i in $(seq 12); do
  mkdir -p "d$((i % 3))"
  seq "$i" 300 >"d$((i % 3))/f$i"
  git add -A
  git commit -qm "change $i"
done
same "$(git status --porcelain)" ""
same "$(git log --oneline | wc -l)" 12
git gc -q --prune=now
git fsck --strict --full
cd ..

git clone -q r local
git clone -q --no-local r packed
git clone -q "file://$PWD/r" url
same "$(git -C url rev-parse HEAD)" "$(git -C r rev-parse HEAD)"
diff -r --exclude=.git r url

cd packed
git checkout -qb side HEAD~5
echo more >>d1/f1
git commit -qam side
git rebase -q main
same "$(git rev-list --count HEAD)" 13
git worktree add -q ../tree main
same "$(git -C ../tree status --porcelain)" ""
git push -q origin side
same "$(git -C ../r rev-parse side)" "$(git rev-parse HEAD)"
