//! One piece of work at a time under one name: who comes second finds it done.
//!
//! A lock per name rather than a shared result, because the one who works may be cancelled with
//! its task, and the next must then do the work instead of inheriting a failure.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::limits::MAX_PARALLEL_DOWNLOADS;

#[derive(Debug, Default)]
pub(crate) struct Flights(Mutex<HashMap<String, Weak<AsyncMutex<()>>>>);

impl Flights {
    /// Waits until nobody else is inside under `name`. The guard may move to another thread.
    pub(crate) async fn enter(&self, name: String) -> OwnedMutexGuard<()> {
        let lock = {
            let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            flights.retain(|_, flight| flight.strong_count() > 0);
            let known = flights.get(&name).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let lock = Arc::default();
                flights.insert(name, Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }
}

/// The downloads of a store, so many at a time of each registry.
#[derive(Debug, Default)]
pub(crate) struct Downloads(Mutex<HashMap<String, Weak<Semaphore>>>);

impl Downloads {
    /// Waits until one more may come from `registry`. `None` never comes: nobody closes the semaphore.
    pub(crate) async fn of(&self, registry: &str) -> Option<OwnedSemaphorePermit> {
        let places = {
            let mut registries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            registries.retain(|_, places| places.strong_count() > 0);
            let known = registries.get(registry).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let places = Arc::new(Semaphore::new(MAX_PARALLEL_DOWNLOADS));
                registries.insert(registry.to_owned(), Arc::downgrade(&places));
                places
            })
        };
        places.acquire_owned().await.ok()
    }
}
