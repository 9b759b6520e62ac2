//! Looking at the host's rules when nobody waits for it: others, such as a firewall that was started anew, may
//! have changed what tasks need of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Notify};
use tokio::task::JoinHandle;
use tracing::warn;

use crate::linux::host::Host;

/// Tasks that go together are followed by one look.
const GATHER: Duration = Duration::from_secs(5);

/// Makes the host's rules what they are to be, some time after it was asked to.
pub(super) struct Later {
    asked: Arc<Asked>,
    looker: JoinHandle<()>,
}

#[derive(Default)]
struct Asked {
    is_asked: AtomicBool,
    wake: Notify,
    /// Held during a look.
    looking: Mutex<()>,
}

impl Later {
    pub(super) fn new(host: Arc<Host>) -> Self {
        let asked = Arc::new(Asked::default());
        let looker = tokio::spawn(look(host, Arc::clone(&asked)));
        Self { asked, looker }
    }

    /// Asks for a look.
    pub(super) fn look(&self) {
        self.asked.is_asked.store(true, Ordering::Relaxed);
        self.asked.wake.notify_one();
    }

    /// Calls off what was asked for. There is no look as long as the guard is held.
    pub(super) async fn call_off(&self) -> MutexGuard<'_, ()> {
        let guard = self.asked.looking.lock().await;
        self.asked.is_asked.store(false, Ordering::Relaxed);
        guard
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        self.looker.abort();
    }
}

async fn look(host: Arc<Host>, asked: Arc<Asked>) {
    loop {
        asked.wake.notified().await;
        tokio::time::sleep(GATHER).await;
        let _looking = asked.looking.lock().await;
        if asked.is_asked.swap(false, Ordering::Relaxed)
            && let Err(error) = host.reconcile().await
        {
            warn!(%error, "the host's rules could not be looked at; they are when the next task has gone");
        }
    }
}
