//! Trials: what Vigía is measured and tormented with. Development only.
//!
//! Everything is real: the release program, Mosquitto with client certificates, Postgres with durable settings
//! (`bed`). A bounded publisher keeps a ledger (`load`), subscribers of other makes stand in for Vigía as
//! baselines (`subscriber`), figures are taken over a steady window (`window`), and in the end what is stored is
//! compared with the ledger (`audit`).

pub mod number;
pub mod cpu;
pub mod bed;
pub mod program;
pub mod load;
pub mod beside;
pub mod window;
pub mod subscriber;
pub mod audit;
