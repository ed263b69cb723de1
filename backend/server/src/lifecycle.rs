//! The life of the process: who runs, and how all of it stops in the order of the dataflow.

use std::future::Future;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long stopping may take before what still runs is cut off.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a stop waits for a database that is away; what is not stored by then is not acknowledged.
const DATABASE_PATIENCE: Duration = Duration::from_secs(5);

/// How long threads may take that wait for something outside, once all that counts has ended.
const STRAGGLERS: Duration = Duration::from_secs(1);

/// Ends the runtime, and does not wait for a mount that hangs or a name server that says nothing: dropped, it would wait
/// for them without end.
pub(crate) fn end(runtime: tokio::runtime::Runtime) {
    runtime.shutdown_timeout(STRAGGLERS);
}

/// The tokens and the tracker every task hangs on.
#[derive(Debug, Clone)]
pub(crate) struct Lifecycle {
    pub(crate) tasks: TaskTracker,
    /// Tasks that answer: they go on until the others have ended.
    pub(crate) answering: TaskTracker,
    /// Cancelled: end in good order. A guarded task that ends by itself cancels it too.
    pub(crate) stop: CancellationToken,
    /// Cancelled: stop waiting for anything outside.
    pub(crate) give_up: CancellationToken,
    /// Cancelled once what was taken is safe: answer no more.
    pub(crate) close: CancellationToken,
}

/// Why the process stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Somebody asked, and everything ended in time.
    Asked,
    /// A task ended that should not have, or stopping took too long.
    Failed,
}

impl Lifecycle {
    pub(crate) fn new() -> Self {
        Self {
            tasks: TaskTracker::new(),
            answering: TaskTracker::new(),
            stop: CancellationToken::new(),
            give_up: CancellationToken::new(),
            close: CancellationToken::new(),
        }
    }

    /// Runs a task whose end, for whatever reason, stops the process.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.guarded(&self.tasks, task);
    }

    /// The same for one that answers, and so goes on until the others have ended.
    pub(crate) fn spawn_answering(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.guarded(&self.answering, task);
    }

    fn guarded(&self, tasks: &TaskTracker, task: impl Future<Output = ()> + Send + 'static) {
        let guard = self.stop.clone().drop_guard();
        tasks.spawn(async move {
            let _guard = guard;
            task.await;
        });
    }

    /// Does something again and again until the process stops.
    pub(crate) fn every<F, Fut>(&self, period: Duration, mut action: F)
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let stop = self.stop.clone();
        self.spawn(async move {
            let mut ticks = interval(period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = async {
                        ticks.tick().await;
                        action().await;
                    } => {}
                }
            }
        });
    }

    /// Waits for SIGINT or SIGTERM, or for a task to fail, and then for everything to end; `told` is called in between.
    /// Whoever asks is answered until what was taken is safe, and hears that the process is not ready any more.
    ///
    /// # Errors
    /// When signals cannot be listened for.
    pub(crate) async fn until_stopped(&self, told: impl FnOnce()) -> std::io::Result<Ending> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let asked = tokio::select! {
            _ = interrupt.recv() => true,
            _ = terminate.recv() => true,
            () = self.stop.cancelled() => false,
        };
        if asked {
            tracing::info!("stopping: taking no more messages, storing and acknowledging what was taken");
        } else {
            tracing::error!("a task ended that should run as long as the process; stopping");
        }
        told();
        self.stop.cancel();
        self.tasks.close();
        self.answering.close();
        let ended = async {
            if tokio::time::timeout(DATABASE_PATIENCE, self.tasks.wait()).await.is_err() {
                self.give_up.cancel();
                self.tasks.wait().await;
            }
            self.close.cancel();
            self.answering.wait().await;
        };
        let in_time = tokio::select! {
            result = tokio::time::timeout(PATIENCE, ended) => result.is_ok(),
            _ = interrupt.recv() => false,
            _ = terminate.recv() => false,
        };
        if !in_time {
            let tasks = self.tasks.len() + self.answering.len();
            tracing::error!(tasks, "stopped before everything had ended");
        }
        Ok(if asked && in_time { Ending::Asked } else { Ending::Failed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_hangs_does_not_keep_the_process() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let (let_go, hangs) = std::sync::mpsc::channel::<()>();
        runtime.spawn_blocking(move || hangs.recv_timeout(Duration::from_secs(20)).ok());
        let begun = std::time::Instant::now();
        end(runtime);
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        drop(let_go);
    }
}
