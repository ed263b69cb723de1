//! What can happen.

use std::fmt;
use std::time::Duration;

/// The word for the event after which a spool should refuse messages.
pub(crate) const FILL_DISK: &str = "fill-disk";

/// One thing that breaks, with how long and how badly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Event {
    /// `kill -9` of the backend that ingests. Away long enough, the other one takes over.
    KillIngesting {
        away: Duration,
    },
    KillStandby {
        away: Duration,
    },
    /// The database stops answering the backend that ingests, and then that is killed: what it took is in memory only.
    KillHanging {
        hanging: Duration,
        away: Duration,
    },
    /// `SIGSTOP` of the backend that ingests, then `SIGCONT`.
    Freeze {
        lasting: Duration,
    },
    KillPostgres {
        away: Duration,
    },
    RestartPostgres,
    /// No byte passes between the backends and Postgres.
    StallDatabase {
        lasting: Duration,
    },
    /// The connections to Postgres there are fall silent for good; new ones work.
    SilenceDatabase,
    /// Connections to Postgres are reset, and new ones refused.
    CutDatabase {
        lasting: Duration,
    },
    /// The same for one backend, while the other's link works.
    CutDatabaseOfOne {
        ingesting: bool,
        lasting: Duration,
    },
    RestartBroker {
        away: Duration,
    },
    /// `kill -9` just after the broker has saved what it holds.
    KillBroker {
        away: Duration,
    },
    /// Broker connections are reset at random, after `mean` on average.
    CutClients {
        mean: Duration,
        seed: u64,
        lasting: Duration,
    },
    StallClients {
        lasting: Duration,
    },
    DelayClients {
        delay: Duration,
        lasting: Duration,
    },
    /// Postgres is killed and the spools' disk is filled up to the last `left_kib`.
    FillDisk {
        lasting: Duration,
        left_kib: u16,
    },
    /// Both backends are killed, and the first one back finds so many of its sessions gone.
    LoseSessions {
        sessions: u32,
        away: Duration,
    },
}

impl Event {
    /// One word for the count at the end.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::KillIngesting { .. } => "kill-ingesting",
            Self::KillStandby { .. } => "kill-standby",
            Self::KillHanging { .. } => "kill-hanging",
            Self::Freeze { .. } => "freeze",
            Self::KillPostgres { .. } => "kill-postgres",
            Self::RestartPostgres => "restart-postgres",
            Self::StallDatabase { .. } => "stall-database",
            Self::SilenceDatabase => "silence-database",
            Self::CutDatabase { .. } => "cut-database",
            Self::CutDatabaseOfOne { .. } => "cut-database-of-one",
            Self::RestartBroker { .. } => "restart-broker",
            Self::KillBroker { .. } => "kill-broker",
            Self::CutClients { .. } => "cut-clients",
            Self::StallClients { .. } => "stall-clients",
            Self::DelayClients { .. } => "delay-clients",
            Self::FillDisk { .. } => FILL_DISK,
            Self::LoseSessions { .. } => "lose-sessions",
        }
    }

    /// How many processes it kills.
    pub(crate) const fn kills(&self) -> u32 {
        match self {
            Self::KillIngesting { .. }
            | Self::KillStandby { .. }
            | Self::KillHanging { .. }
            | Self::KillPostgres { .. }
            | Self::KillBroker { .. }
            | Self::FillDisk { .. } => 1,
            Self::LoseSessions { .. } => 2,
            _ => 0,
        }
    }

    /// How long it lasts.
    pub(crate) fn lasting(&self) -> Duration {
        match self {
            Self::KillHanging { hanging, away } => *hanging + *away,
            Self::KillIngesting { away }
            | Self::KillStandby { away }
            | Self::KillPostgres { away }
            | Self::RestartBroker { away }
            | Self::KillBroker { away }
            | Self::LoseSessions { away, .. } => *away,
            Self::Freeze { lasting }
            | Self::StallDatabase { lasting }
            | Self::CutDatabase { lasting }
            | Self::CutDatabaseOfOne { lasting, .. }
            | Self::CutClients { lasting, .. }
            | Self::StallClients { lasting }
            | Self::DelayClients { lasting, .. }
            | Self::FillDisk { lasting, .. } => *lasting,
            Self::RestartPostgres | Self::SilenceDatabase => Duration::ZERO,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        if !matches!(self, Self::RestartPostgres | Self::SilenceDatabase) {
            write!(f, " for {:.1} s", self.lasting().as_secs_f64())?;
        }
        match self {
            Self::CutDatabaseOfOne { ingesting: true, .. } => write!(f, ", the one that ingests"),
            Self::CutDatabaseOfOne { ingesting: false, .. } => write!(f, ", the one that stands by"),
            Self::KillHanging { hanging, .. } => {
                write!(f, ", killed after {:.1} s", hanging.as_secs_f64())
            }
            Self::CutClients { mean, .. } => write!(f, ", each after {} ms on average", mean.as_millis()),
            Self::DelayClients { delay, .. } => write!(f, ", by {} ms", delay.as_millis()),
            Self::FillDisk { left_kib, .. } => write!(f, ", leaving {left_kib} KiB"),
            Self::LoseSessions { sessions, .. } => write!(f, ", {sessions} of them"),
            _ => Ok(()),
        }
    }
}
