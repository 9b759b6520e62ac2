//! Calls that change the kernel, look into it, or are known as ways to attack it.

use super::calls::{apart, attempt, text};
use super::{Attempt, Outcome};

pub(super) const ATTEMPTS: &[Attempt] = &[
    ("kernel.bpf", |_| {
        // BPF_MAP_CREATE of an array with one entry.
        let attributes = [2u32, 4, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let size = size_of_val(&attributes);
        attempt(libc::SYS_bpf, [0, attributes.as_ptr() as usize, size])
    }),
    ("kernel.perf-event", |_| {
        // A software counter of this process, with PERF_ATTR_SIZE_VER0.
        let attributes = [1u32, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        attempt(
            libc::SYS_perf_event_open,
            [attributes.as_ptr() as usize, 0, usize::MAX, usize::MAX, 0],
        )
    }),
    ("kernel.userfaultfd", |_| {
        attempt(libc::SYS_userfaultfd, [0])
    }),
    ("kernel.io-uring", |_| {
        let parameters = [0u32; 30];
        attempt(libc::SYS_io_uring_setup, [1, parameters.as_ptr() as usize])
    }),
    ("kernel.keyctl", |_| {
        attempt(libc::SYS_keyctl, [0, KEYRING, 1])
    }),
    ("kernel.add-key", |_| {
        let name = text(c"longshore-probe");
        attempt(
            libc::SYS_add_key,
            [text(c"user"), name, text(c"x"), 1, KEYRING],
        )
    }),
    ("kernel.request-key", |_| {
        let name = text(c"longshore-probe");
        attempt(libc::SYS_request_key, [text(c"user"), name, 0, 0])
    }),
    ("kernel.init-module", |_| {
        attempt(libc::SYS_init_module, [text(c"no module"), 9, text(c"")])
    }),
    ("kernel.finit-module", |_| {
        attempt(libc::SYS_finit_module, [0, text(c""), 0])
    }),
    ("kernel.delete-module", |_| {
        attempt(
            libc::SYS_delete_module,
            [text(c"no_such_module"), libc::O_NONBLOCK as usize],
        )
    }),
    ("kernel.kexec-load", |_| {
        attempt(libc::SYS_kexec_load, [0, 0, 0, 0])
    }),
    ("kernel.kexec-file-load", |_| {
        attempt(libc::SYS_kexec_file_load, [usize::MAX, usize::MAX, 0, 0, 0])
    }),
    ("kernel.reboot", |_| {
        // What Ctrl-Alt-Del does, as it is now as a rule.
        attempt(libc::SYS_reboot, [0xfee1_dead, 672_274_793, 0])
    }),
    ("kernel.swapon", |_| {
        attempt(libc::SYS_swapon, [text(c"/no/such/file"), 0])
    }),
    ("kernel.swapoff", |_| {
        attempt(libc::SYS_swapoff, [text(c"/no/such/file")])
    }),
    ("kernel.acct", |_| attempt(libc::SYS_acct, [0])),
    ("kernel.syslog", |_| {
        // SYSLOG_ACTION_SIZE_UNREAD
        attempt(libc::SYS_syslog, [9, 0, 0])
    }),
    ("kernel.quotactl", |_| {
        // Q_SYNC of users' quotas.
        attempt(libc::SYS_quotactl, [0x80_0001 << 8, 0, 0, 0])
    }),
    ("kernel.fanotify", |_| {
        // FAN_CLASS_PRE_CONTENT: holds up what others open.
        attempt(libc::SYS_fanotify_init, [8, 0])
    }),
    ("kernel.lookup-dcookie", |_| {
        let mut buffer = [0u8; 8];
        attempt(
            libc::SYS_lookup_dcookie,
            [1, buffer.as_mut_ptr() as usize, buffer.len()],
        )
    }),
    ("kernel.vhangup", |_| attempt(libc::SYS_vhangup, [])),
    ("kernel.settimeofday", |_| {
        // A time zone of nothing; no time, so that none is set.
        let zone = [0u32; 2];
        attempt(libc::SYS_settimeofday, [0, zone.as_ptr() as usize])
    }),
    ("kernel.clock-settime", |_| {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
        let time = [now.tv_sec, now.tv_nsec];
        attempt(libc::SYS_clock_settime, [0, time.as_ptr() as usize])
    }),
    ("kernel.sethostname", |_| {
        attempt(libc::SYS_sethostname, [text(c"probe"), 5])
    }),
    ("kernel.setdomainname", |_| {
        attempt(libc::SYS_setdomainname, [text(c"probe"), 5])
    }),
    ("kernel.nice", |_| {
        // PRIO_PROCESS, this one, to the front.
        attempt(libc::SYS_setpriority, [0, 0, -20_isize as usize])
    }),
    ("kernel.realtime", |_| {
        let priority = 99i32;
        attempt(
            libc::SYS_sched_setscheduler,
            [0, 1, &raw const priority as usize],
        )
    }),
    ("kernel.rlimit", |_| {
        let limit = [u64::MAX - 1; 2];
        // RLIMIT_NOFILE
        attempt(libc::SYS_setrlimit, [7, limit.as_ptr() as usize])
    }),
    ("kernel.personality", |_| {
        // ADDR_NO_RANDOMIZE
        apart(|| attempt(libc::SYS_personality, [0x4_0000]))
    }),
    ("kernel.io-ports", |_| io_ports()),
    ("kernel.x32-calls", |_| {
        // unshare(CLONE_NEWUSER) by another table of calls.
        apart(|| attempt(0x4000_0000 + 272, [0x1000_0000]))
    }),
    ("kernel.i386-calls", |_| apart(i386_unshare)),
    ("kernel.capabilities", |_| more_capabilities()),
];

/// `KEY_SPEC_SESSION_KEYRING`
const KEYRING: usize = -3_isize as usize;

#[cfg(target_arch = "x86_64")]
fn io_ports() -> Outcome {
    attempt(libc::SYS_iopl, [3])
}

#[cfg(not(target_arch = "x86_64"))]
fn io_ports() -> Outcome {
    Outcome::Nothing
}

/// `unshare(CLONE_NEWUSER)` as a program of 32 bits would.
#[cfg(target_arch = "x86_64")]
fn i386_unshare() -> Outcome {
    let result: i64;
    // SAFETY: the call takes one number and writes no memory; rbx, which the compiler keeps for
    // itself, is put back. Needed: there is no other way to make a call of that table.
    unsafe {
        std::arch::asm!(
            "push rbx",
            "mov ebx, {flags:e}",
            "int 0x80",
            "pop rbx",
            flags = in(reg) 0x1000_0000,
            inlateout("rax") 310_i64 => result,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    match i32::try_from(result) {
        Ok(number @ ..0) => Outcome::Refused(std::io::Error::from_raw_os_error(-number)),
        _ => Outcome::Done,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn i386_unshare() -> Outcome {
    Outcome::Nothing
}

/// All capabilities, taken as if they were its own.
fn more_capabilities() -> Outcome {
    // _LINUX_CAPABILITY_VERSION_3 of this process; effective, permitted, inheritable, twice.
    let header = [0x2008_0522_u32, 0];
    let data = [u32::MAX, u32::MAX, 0, 0x1ff, 0x1ff, 0];
    apart(|| {
        attempt(
            libc::SYS_capset,
            [header.as_ptr() as usize, data.as_ptr() as usize],
        )
    })
}
