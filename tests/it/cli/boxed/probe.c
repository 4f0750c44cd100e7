// What a program in a container tries in order to get out: each line is a call and what the kernel said of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>

static char zero[4096];

static void try(const char *name, long result) {
    printf("%s: %s\n", name, result < 0 ? strerrorname_np(errno) : "done");
    fflush(stdout);
    errno = 0;
}

static void rights(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    syscall(SYS_capget, &head, data);
    data[0].effective |= 1 << CAP_SYS_ADMIN;
    data[0].permitted |= 1 << CAP_SYS_ADMIN;
    try("take a right", syscall(SYS_capset, &head, data));
    syscall(SYS_capget, &head, data);
    data[0].inheritable |= 1 << CAP_SYS_ADMIN;
    try("inherit a right", syscall(SYS_capset, &head, data));
}

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "user") == 0) {
        printf("%d %d\n", getuid(), geteuid());
        return 0;
    }
    rights();
    try("mount", mount("none", "/tmp", "tmpfs", 0, ""));
    try("umount2", umount2("/proc", MNT_DETACH));
    try("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    try("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
    try("mount_setattr", syscall(SYS_mount_setattr, -1, "", 0, zero, 32));
    try("pivot_root", syscall(SYS_pivot_root, ".", "."));
    try("clone3", syscall(SYS_clone3, 0, 0));
    try("setns", setns(0, 0));
    try("bpf", syscall(SYS_bpf, 5, zero, 128));
    try("perf_event_open", syscall(SYS_perf_event_open, zero, 0, -1, -1, 0));
    try("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
    try("kexec_file_load", syscall(SYS_kexec_file_load, -1, -1, 0, "", 0));
    try("init_module", syscall(SYS_init_module, zero, 1, ""));
    try("finit_module", syscall(SYS_finit_module, -1, "", 0));
    try("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, zero, 0));
    try("userfaultfd", syscall(SYS_userfaultfd, 0));
    try("swapon", syscall(SYS_swapon, "/x", 0));
    try("reboot", syscall(SYS_reboot, 0, 0, 0, 0));
    try("settimeofday", syscall(SYS_settimeofday, zero, 0));
    try("acct", syscall(SYS_acct, "/x"));
    try("quotactl", syscall(SYS_quotactl, 0, 0, 0, 0));
    try("syslog", syscall(SYS_syslog, 3, zero, 10));
    try("kcmp", syscall(SYS_kcmp, 1, 1, 0, 0, 0));
    try("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
    try("move_pages", syscall(SYS_move_pages, 0, 0, 0, 0, 0, 0));
    try("sethostname", sethostname("other", 5));
    try("push into a terminal", ioctl(0, TIOCSTI, "x"));
    try("a socket for audits", socket(AF_NETLINK, SOCK_RAW, 9) < 0 ? -1 : 0);
    // What runc and podman allow, and Docker's own list does not.
    try("keyctl", syscall(SYS_keyctl, 0, -3, 0));
    try("io_uring_setup", syscall(SYS_io_uring_setup, 1, zero));
    try("pidfd_getfd", syscall(SYS_pidfd_getfd, -1, 0, 0));
    try("personality", syscall(SYS_personality, 0x0040000));
    try("a socket to the machine's host", socket(AF_VSOCK, SOCK_STREAM, 0));
    const char *closed[] = {"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches",
        "/sys/fs/cgroup/memory/release_agent", "/sys/fs/cgroup/release_agent", "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/cgroup.procs", "/dev/mem", "/dev/kmsg"};
    for (unsigned i = 0; i < sizeof closed / sizeof *closed; i++)
        try(closed[i], open(closed[i], O_WRONLY));
    try("unshare user", unshare(CLONE_NEWUSER));
    try("unshare mount", unshare(CLONE_NEWNS));
    try("unshare net", unshare(CLONE_NEWNET));
    return 0;
}
