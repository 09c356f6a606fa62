# A history is made, packed, cloned in every way, rebased and checked.
. "$(dirname "$0")/lib.sh"
export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
git config --global user.name a
git config --global user.email a@b
git config --global init.defaultBranch main
git init -q r
cd r
for i in $(seq 60); do
  mkdir -p "d$((i % 7))"
  seq "$i" 300 >"d$((i % 7))/f$i"
  git add -A
  git commit -qm "c$i"
done
git gc -q --prune=now
git fsck --strict --full
cd ..

git clone -q --no-local r c
cd c
git checkout -qb side HEAD~20
echo x >>d1/f1
git commit -qam side
git rebase -q main
[ "$(git rev-list --count HEAD)" = 61 ]
git bundle create -q ../b.bundle HEAD main
git bundle verify -q ../b.bundle
git clone -q "file://$PWD" ../c2
git -C ../c2 fsck --full
[ "$(git -C ../c2 rev-parse 'HEAD^{tree}')" = "$(git rev-parse 'HEAD^{tree}')" ]
git grep -c 299 | wc -l | grep -q 60
git worktree add -q ../wt main
git -C ../wt status --porcelain | wc -l | grep -qx 0
