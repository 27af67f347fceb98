//! What is in memory stays there: it has the secrets of keys. No core file is written of it, and no other program of the
//! same user can look into it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Sees to it. Where the system does not let us, the program is as good as any other.
pub fn forbid() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    // The upper limit stays: a program that is started from here may dump again if it wants to.
    let maximum = getrlimit(Resource::Core).maximum;
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}
