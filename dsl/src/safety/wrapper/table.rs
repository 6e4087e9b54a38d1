//! The programs that start another one, as rows. The page of E0502 shows them.

use super::{
    Start::{Behind, Dashes, Operand, Somewhere},
    Wrapper,
};

const PLAIN: Wrapper =
    Wrapper { program: "", start: Operand(0), valued: "", long_valued: &[], assigns: false };

// One row on one line where it fits: a table is read downwards.
#[rustfmt::skip]
pub(in crate::safety) const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        program: "builtin|busybox|chronic|command|dbus-run-session|dumb-init|fakeroot|k3s|nohup|setsid|tini|toybox|\
                  unbuffer",
        ..PLAIN
    },
    Wrapper { program: "apptainer|buildah|bundle|conda|ctr|docker-compose|flatpak|lxc-attach|machinectl|minikube|npx|pipenv|pnpm|\
                  podman-compose|poetry|singularity|uv|yarn", start: Somewhere, ..PLAIN },
    Wrapper { program: "chroot", start: Operand(1), ..PLAIN },
    Wrapper { program: "chrt|setuidgid|su-exec|gosu|taskset", start: Operand(1), ..PLAIN },
    Wrapper { program: "crictl|kubectl|lxc|multipass|oc|runuser|script", start: Dashes, ..PLAIN },
    Wrapper { program: "doas", valued: "Cu", ..PLAIN },
    Wrapper { program: "docker|podman|nerdctl", start: Dashes, ..PLAIN },
    Wrapper { program: "entr", ..PLAIN },
    Wrapper { program: "env", valued: "uCS", long_valued: &["--unset", "--chdir", "--split-string"], assigns: true, ..PLAIN },
    Wrapper { program: "exec", valued: "a", ..PLAIN },
    Wrapper { program: "find", start: Behind(&["-exec", "-execdir", "-ok", "-okdir"], &[";", "+"]), ..PLAIN },
    Wrapper {
        program: "flock",
        start: Operand(1),
        valued: "wE",
        long_valued: &["--timeout", "--wait", "--conflict-exit-code"],
        ..PLAIN
    },
    Wrapper {
        program: "ionice",
        valued: "cnpPu",
        long_valued: &["--class", "--classdata", "--pid", "--pgid", "--uid"],
        ..PLAIN
    },
    Wrapper { program: "nice", valued: "n", long_valued: &["--adjustment"], ..PLAIN },
    Wrapper { program: "nsenter", valued: "tSGW", long_valued: &["--target", "--setuid", "--setgid"], ..PLAIN },
    Wrapper { program: "pkexec", long_valued: &["--user"], ..PLAIN },
    Wrapper { program: "screen", valued: "cehpsStT", ..PLAIN },
    Wrapper {
        program: "setpriv",
        long_valued: &[
            "--ambient-caps", "--apparmor-profile", "--bounding-set", "--egid", "--euid", "--groups", "--inh-caps",
            "--pdeathsig", "--regid", "--reuid", "--rgid", "--ruid", "--securebits", "--selinux-label",
        ],
        ..PLAIN
    },
    Wrapper { program: "sshpass", valued: "pfdP", ..PLAIN },
    Wrapper { program: "stdbuf", valued: "ioe", long_valued: &["--input", "--output", "--error"], ..PLAIN },
    Wrapper { program: "strace|ltrace", valued: "abeEIoOpPsSuUX", ..PLAIN },
    Wrapper {
        program: "sudo",
        valued: "CDghpRrtTUu",
        long_valued: &["--user", "--group", "--host", "--prompt", "--chdir", "--chroot", "--role", "--type"],
        assigns: true,
        ..PLAIN
    },
    Wrapper {
        program: "systemd-run",
        valued: "HMupE",
        long_valued: &[
            "--background", "--capsule", "--description", "--gid", "--host", "--machine", "--nice", "--on-active",
            "--on-boot", "--on-calendar", "--on-startup", "--on-unit-active", "--on-unit-inactive", "--path-property",
            "--property", "--service-type", "--setenv", "--slice", "--socket-property", "--timer-property", "--uid",
            "--unit", "--working-directory",
        ],
        ..PLAIN
    },
    Wrapper { program: "time", valued: "fo", long_valued: &["--format", "--output"], ..PLAIN },
    Wrapper { program: "timeout", start: Operand(1), valued: "ks", long_valued: &["--kill-after", "--signal"], ..PLAIN },
    Wrapper {
        program: "unshare",
        valued: "GlRSw",
        long_valued: &[
            "--boottime", "--load-interp", "--map-group", "--map-groups", "--map-user", "--map-users", "--monotonic",
            "--propagation", "--root", "--setgid", "--setgroups", "--setuid", "--wd",
        ],
        ..PLAIN
    },
    Wrapper { program: "watch", valued: "nq", long_valued: &["--interval", "--equexit"], ..PLAIN },
    Wrapper {
        program: "xargs",
        valued: "adEILnPs",
        long_valued: &[
            "--arg-file", "--delimiter", "--max-lines", "--max-args", "--max-procs", "--max-chars", "--replace",
        ],
        ..PLAIN
    },
];
