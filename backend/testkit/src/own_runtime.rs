//! A thread with a runtime of its own, so that a proxy serves blocking tests and programs as well as async ones.

use std::future::Future;
use std::net::{Ipv4Addr, TcpListener};
use std::thread::{self, JoinHandle};

use tokio::runtime;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::port::Port;

/// Ends what it runs, and waits for the end, when dropped.
#[derive(Debug)]
pub(crate) struct OwnRuntime {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl OwnRuntime {
    /// Listens on the port and runs `serve` on a new thread, until it ends or this value is dropped.
    pub(crate) fn serve<F>(
        port: &Port,
        serve: impl FnOnce(tokio::net::TcpListener) -> F + Send + 'static,
    ) -> Result<Self>
    where
        F: Future<Output = ()>,
    {
        let number = port.number();
        let failed = |action| move |source| Error::Proxy { action, port: number, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, number)).map_err(failed("listen"))?;
        listener.set_nonblocking(true).map_err(failed("listen"))?;
        let runtime =
            runtime::Builder::new_current_thread().enable_all().build().map_err(failed("make a runtime"))?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(failed("listen"))?
        };
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = thread::Builder::new()
            .name(format!("proxy-{number}"))
            .spawn(move || {
                runtime.block_on(stopped.run_until_cancelled(serve(listener)));
            })
            .map_err(failed("start a thread"))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported already.
            thread.join().ok();
        }
    }
}
