//! System calls that have no safe form: the only file with `unsafe`.
#![expect(unsafe_code, reason = "each block says why it holds")]

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::ptr;

use rustix::fs::SealFlags;
use rustix::mount::MountAttrFlags;
use rustix::process::Pid;
use rustix::thread::UnshareFlags;

use super::seccomp::Instruction;

/// Splits this process in two; nothing is returned in the new one.
///
/// Only for a process with one thread: in the copy of any other, locks may be held by threads that are not there.
pub(super) fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: callers have one thread, so that the copy is a whole program and may go on as one.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(Pid::from_raw(pid)),
    }
}

/// As [`fork`], into a new namespace for processes, whose first this is; children that follow are where this process is.
pub(super) fn fork_apart() -> io::Result<Option<Pid>> {
    clone(libc::CLONE_NEWPID)
}

/// As [`fork`], for a child of the parent of this process.
pub(super) fn fork_beside() -> io::Result<Option<Pid>> {
    clone(libc::CLONE_PARENT)
}

fn clone(flags: libc::c_int) -> io::Result<Option<Pid>> {
    let flags = libc::c_long::from(flags | libc::SIGCHLD);
    // SAFETY: as for `fork`: without a stack of its own the copy goes on as a whole program, and no address is handed over.
    match unsafe { libc::syscall(libc::SYS_clone, flags, 0_usize, 0_usize, 0_usize, 0_usize) } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(i32::try_from(pid).ok().and_then(Pid::from_raw)),
    }
}

/// Gives this thread namespaces of its own. Descriptors stay shared: `FILES` is not to be asked for.
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    let flags = flags.difference(UnshareFlags::FILES);
    // SAFETY: without `FILES` no descriptor disappears under another thread.
    Ok(unsafe { rustix::thread::unshare_unsafe(flags) }?)
}

/// Sets flags of the mount behind `mount`, and of those below it where `recursive`.
pub(super) fn set_mount_flags(
    mount: BorrowedFd<'_>,
    recursive: bool,
    flags: MountAttrFlags,
) -> io::Result<()> {
    let attributes = libc::mount_attr {
        attr_set: u64::from(flags.bits()),
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    let how = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is an empty C string, and the size is that of the structure the pointer leads to.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            how,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    result(done)
}

/// Marks every descriptor from `first` on to be closed when a program is executed.
pub(super) fn close_on_exec(first: u32) -> io::Result<()> {
    // SAFETY: nothing is closed now; the call touches no memory.
    let done =
        unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    result(done)
}

/// Closes every descriptor from 3 on but these, which must be all that is used from then on.
pub(super) fn close_all_but(kept: &[RawFd]) -> io::Result<()> {
    let mut kept: Vec<u32> = kept.iter().filter_map(|fd| u32::try_from(*fd).ok()).collect();
    kept.sort_unstable();
    let mut first = 3;
    for last in kept.into_iter().chain([u32::MAX]) {
        let end = if last == u32::MAX { last } else { last.saturating_sub(1) };
        if end >= first && last > 2 {
            // SAFETY: what is closed is used no more, as callers promise; the call touches no memory.
            result(unsafe { libc::syscall(libc::SYS_close_range, first, end, 0) })?;
        }
        first = first.max(last.saturating_add(1));
    }
    Ok(())
}

/// Puts a filter before every system call of this thread from now on. New privileges stay allowed: `su` in a container is one.
pub(super) fn install_filter(filter: &[Instruction]) -> io::Result<()> {
    let length = u16::try_from(filter.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let program = libc::sock_fprog { len: length, filter: filter.as_ptr().cast_mut().cast() };
    // SAFETY: an instruction has the layout of the kernel's, the length is its own, and the kernel copies it.
    let done = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program)
    };
    result(done)
}

/// Has the kernel check a program that is to be asked about devices, and keep it for as long as what is returned lives.
pub(super) fn load_device_program(program: &[[u8; 8]]) -> io::Result<OwnedFd> {
    const BPF_PROG_LOAD: libc::c_long = 5;
    #[repr(C)]
    struct Attributes {
        kind: u32,
        length: u32,
        program: u64,
        license: u64,
        /// A log, which is not asked for, a version of the kernel, flags, a name: all left at zero.
        rest: [u64; 8],
    }
    const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
    let attributes = Attributes {
        kind: BPF_PROG_TYPE_CGROUP_DEVICE,
        length: u32::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?,
        program: program.as_ptr() as u64,
        license: c"Apache-2.0".as_ptr() as u64,
        rest: [0; 8],
    };
    let size = size_of::<Attributes>();
    // SAFETY: the structure is the kernel's, with its own size; the program has the length it says, the licence ends in zero.
    let made = unsafe { libc::syscall(libc::SYS_bpf, BPF_PROG_LOAD, &raw const attributes, size) };
    result(made)?;
    let made = RawFd::try_from(made).map_err(io::Error::other)?;
    // SAFETY: the kernel has just made it, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(made) })
}

/// Asks `program` about each device that a process of the control group `group` opens, beside those asked already.
pub(super) fn attach_device_program(
    group: BorrowedFd<'_>,
    program: BorrowedFd<'_>,
) -> io::Result<()> {
    const BPF_PROG_ATTACH: libc::c_long = 8;
    const BPF_CGROUP_DEVICE: i32 = 6;
    const BPF_F_ALLOW_MULTI: i32 = 2;
    let attributes = [group.as_raw_fd(), program.as_raw_fd(), BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI];
    let size = size_of_val(&attributes);
    // SAFETY: these are the four words that the kernel reads for this, with their size.
    let done = unsafe { libc::syscall(libc::SYS_bpf, BPF_PROG_ATTACH, attributes.as_ptr(), size) };
    result(done)
}

/// Leaves the caller's keys behind for an empty ring.
pub(super) fn join_new_keyring() -> io::Result<()> {
    const KEYCTL_JOIN_SESSION_KEYRING: libc::c_long = 1;
    // SAFETY: a null name asks for a ring without a name; no memory is touched.
    let done = unsafe {
        libc::syscall(libc::SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, ptr::null::<libc::c_char>())
    };
    result(done)
}

/// Undoes what this program and those before it did to signals: an ignored one stays ignored in what is executed.
pub(super) fn reset_signals() -> io::Result<()> {
    for signal in 1..=64 {
        // SAFETY: the default action is no handler of ours. Some signals cannot be set and need not be.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: a set of signals is plain data, zero is a valid one, and it outlives both calls.
    let done = unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut())
    };
    result(done.into())
}

/// Has the signals of `set` wait in a descriptor instead of doing what they do.
pub(super) fn signals(set: &[i32]) -> io::Result<OwnedFd> {
    // SAFETY: a set of signals is plain data, zero is a valid one, and it outlives the calls that read it.
    let made = unsafe {
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut mask);
        for signal in set {
            libc::sigaddset(&raw mut mask, *signal);
        }
        libc::sigprocmask(libc::SIG_BLOCK, &raw const mask, ptr::null_mut());
        libc::signalfd(-1, &raw const mask, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
    };
    result(made.into())?;
    // SAFETY: the kernel has just made it, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(made) })
}

/// Sends any signal to a process, those without a name too.
pub(super) fn signal_process(process: BorrowedFd<'_>, number: i32) -> io::Result<()> {
    let info = ptr::null::<libc::siginfo_t>();
    // SAFETY: a null pointer stands for what the kernel itself says of a signal.
    let done =
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, process.as_raw_fd(), number, info, 0) };
    result(done)
}

/// Turns the loopback of this network namespace on.
pub(super) fn loopback_up(socket: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the structure is plain data, and zero is valid for each of its forms.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = libc::c_char::from_ne_bytes([*from]);
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request is the structure that this call reads, with a name that ends in zero.
    let done =
        unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request) };
    result(done.into())
}

/// Becomes another program; returns only where that fails.
pub(super) fn execute(program: &CStr, args: &[CString], env: &[CString]) -> io::Error {
    let pointers = |strings: &[CString]| -> Vec<*const libc::c_char> {
        strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
    };
    let (args, env) = (pointers(args), pointers(env));
    // SAFETY: both lists end in null, and what they point at lives until the call, which does not return on success.
    unsafe { libc::execve(program.as_ptr(), args.as_ptr(), env.as_ptr()) };
    io::Error::last_os_error()
}

/// Maps a file that nobody can change any more, for as long as this process lives.
///
/// Its pages are shared with all who map it. Fails for a file that is not sealed against writing and other lengths.
pub fn map_sealed(file: &File) -> io::Result<&'static [u8]> {
    let seals = rustix::fs::fcntl_get_seals(file)?;
    if !seals.contains(SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the file can be changed"));
    }
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    if length == 0 {
        return Ok(&[]);
    }
    // SAFETY: the kernel chooses a place where nothing is. The seals cannot be taken off: the bytes stay what they are, and
    // as many as they are. Nobody unmaps them.
    unsafe {
        let (read, private) = (libc::PROT_READ, libc::MAP_PRIVATE);
        let start = libc::mmap(ptr::null_mut(), length, read, private, file.as_raw_fd(), 0);
        match start == libc::MAP_FAILED {
            true => Err(io::Error::last_os_error()),
            false => Ok(std::slice::from_raw_parts(start.cast::<u8>(), length)),
        }
    }
}

/// Gives memory back that a process which waits does not need: free pages of the heap, and the pages of programs and
/// libraries that are as they lie in their files. What is needed again comes from there.
pub fn give_back_memory() {
    // SAFETY: only free memory of the heap is given back; the function of ours is called with valid structures, and is done
    // with them when it returns.
    unsafe {
        #[cfg(target_env = "gnu")]
        libc::malloc_trim(0);
        libc::dl_iterate_phdr(Some(forget_file), ptr::null_mut());
    }
}

/// Lets go of the pages of one program or library that nobody may write to.
unsafe extern "C" fn forget_file(
    info: *mut libc::dl_phdr_info,
    _: libc::size_t,
    _: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: the loader hands out a valid structure, whose headers are as many as it says, and whose name is a string.
    let (headers, base, name) = unsafe {
        let info = &*info;
        let count = usize::from(info.dlpi_phnum);
        let headers = std::slice::from_raw_parts(info.dlpi_phdr, count);
        (headers, info.dlpi_addr, CStr::from_ptr(info.dlpi_name).to_bytes())
    };
    // What the kernel itself gives to programs has no file.
    if !(name.is_empty() || name.starts_with(b"/")) {
        return 0;
    }
    let page = rustix::param::page_size();
    for header in headers {
        if header.p_type != libc::PT_LOAD || header.p_flags & libc::PF_W != 0 {
            continue;
        }
        // Only whole pages: one that is shared with the next part may have been written to.
        let first = (base as usize + header.p_vaddr as usize).next_multiple_of(page);
        let last = (base as usize + (header.p_vaddr + header.p_filesz) as usize) / page * page;
        if let Some(length) = last.checked_sub(first) {
            // SAFETY: these pages are mapped from a file and were never written to (the loader writes to no part without
            // `PF_W`): they read the same when they come back.
            unsafe { libc::madvise(first as *mut libc::c_void, length, libc::MADV_DONTNEED) };
        }
    }
    0
}

fn result(done: libc::c_long) -> io::Result<()> {
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
