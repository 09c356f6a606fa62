# Perl: fork, kill, wait, alarm, SIGCHLD, flock, pipes.
. "$(dirname "$0")/lib.sh"
cat >a.pl <<'E'
use strict; use Socket; use IO::Select; use POSIX; use Fcntl ':flock';
socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
my $p = fork;
if (!$p) { close $a; syswrite $b, "child$$"; sleep 1000; exit 1 }
close $b;
my $s = IO::Select->new($a);
die unless $s->can_read(60);
sysread $a, my $x, 99;
die "$x" unless $x eq "child$p";
kill 9, $p;
waitpid $p, 0;
die unless ($? & 127) == 9;

my $al = 0;
$SIG{ALRM} = sub { $al++ };
alarm 1;
sleep 1000;
die unless $al == 1;
my $ended = 0;
local $SIG{CHLD} = sub { $ended++ while waitpid(-1, WNOHANG) > 0 };
for (1 .. 20) { fork or exit 0 }
select undef, undef, undef, 0.05 while $ended < 20;
$SIG{CHLD} = "DEFAULT";
my $o = `echo \$\$; exit 7`;
die unless $? >> 8 == 7;

open my $f, '>', 'l';
flock $f, LOCK_EX or die;
my $q = fork;
if (!$q) { open my $g, '>', 'l'; exit(flock($g, LOCK_EX | LOCK_NB) ? 1 : 0) }
waitpid $q, 0;
die unless $? == 0;
print "PERLOK\n";
pipe(my $r, my $w);
close $r;
$SIG{PIPE} = 'IGNORE';
syswrite $w, 'x';
die unless $! == EPIPE;
E
perl a.pl | grep -q PERLOK
