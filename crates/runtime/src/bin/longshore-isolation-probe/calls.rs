//! System calls that no wrapper has, and attempts in a process of their own.

use std::io;

use super::Outcome;

/// Makes a call by its number. The arguments are passed as they are.
pub(super) fn call(number: i64, arguments: [usize; 6]) -> io::Result<i64> {
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: every caller passes numbers, or pointers to values that outlive the call and are as
    // large as the kernel takes them for. Needed: these calls have no wrappers, or ones that check.
    let result = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// The same with fewer arguments, for its outcome.
pub(super) fn attempt<const N: usize>(number: i64, arguments: [usize; N]) -> Outcome {
    let mut all = [0; 6];
    for (place, argument) in all.iter_mut().zip(arguments) {
        *place = argument;
    }
    call(number, all).map(|_| ()).into()
}

/// Makes an attempt in a child, since it would change or end this process.
pub(super) fn apart(make: impl FnOnce() -> Outcome) -> Outcome {
    /// Tells these from errors' numbers, which are below.
    const DONE: i32 = 200;
    const NOTHING: i32 = 201;
    // SAFETY: this process has one thread, so the child may do what the parent may. Needed: there is
    // no safe way to fork.
    let child = unsafe { libc::fork() };
    if child < 0 {
        return Outcome::Refused(io::Error::last_os_error());
    }
    if child == 0 {
        let code = match make() {
            Outcome::Done => DONE,
            Outcome::Nothing | Outcome::Killed => NOTHING,
            Outcome::Refused(error) => error.raw_os_error().unwrap_or(libc::EIO),
        };
        // SAFETY: it ends the child without what the parent would do at its end. Needed: buffered
        // output must not be written twice.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: the pointer is to a local of the right type. Needed: the child is no `Child`.
    if unsafe { libc::waitpid(child, &raw mut status, 0) } < 0 {
        return Outcome::Refused(io::Error::last_os_error());
    }
    if libc::WIFSIGNALED(status) {
        return Outcome::Killed;
    }
    match libc::WEXITSTATUS(status) {
        DONE => Outcome::Done,
        NOTHING => Outcome::Nothing,
        number => Outcome::Refused(io::Error::from_raw_os_error(number)),
    }
}

/// A C string's address.
pub(super) fn text(string: &std::ffi::CStr) -> usize {
    string.as_ptr() as usize
}
