//! The Docker engine: the one that can be reached, else one of our own for as long as we run.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::run;

use super::script;

const START_PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(200);

/// An engine, and how commands reach it.
pub(super) struct Engine {
    /// `DOCKER_HOST` and the like, where they are not what the environment says.
    variables: Vec<(&'static str, OsString)>,
    /// Ours, which ends with us, and the folder with all it keeps.
    own: Option<(Child, PathBuf)>,
}

impl Engine {
    /// Uses the engine that `docker` finds; where there is none, starts one with all it keeps in this folder.
    pub(super) fn reach_or_start(folder: &Path) -> Result<Self> {
        let reached = answers(&mut Command::new("docker"));
        let need = if reached { "no-engine" } else { "engine" };
        run::careful_step("packages", script("packages.sh").arg(need))?;
        // Installing it may have started it.
        if reached || answers(&mut Command::new("docker")) {
            return Ok(Self { variables: Vec::new(), own: None });
        }
        Self::start(folder)
    }

    fn start(folder: &Path) -> Result<Self> {
        let failed = |what: &str| Failure::new(format!("cannot start a Docker engine: {what}"));
        fs::create_dir_all(folder).map_err(|error| failed(&error.to_string()))?;
        let log = folder.join("dockerd.log");
        let file = fs::File::create(&log).map_err(|error| failed(&error.to_string()))?;
        let socket = format!("unix://{}", folder.join("docker.sock").display());
        let mut dockerd = Command::new("dockerd");
        dockerd.args(["--host", &socket, "--log-level", "warn"]);
        for (option, name) in [("--data-root", "data"), ("--exec-root", "exec"), ("--pidfile", "pid")] {
            dockerd.arg(option).arg(folder.join(name));
        }
        // For machines on which another engine minds the firewall.
        if let Some(options) =
            std::env::var_os("VIGIA_DOCKERD_OPTIONS").and_then(|all| all.into_string().ok())
        {
            dockerd.args(options.split_whitespace());
        }
        dockerd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).process_group(0);
        let child = dockerd.spawn().map_err(|error| failed(&error.to_string()))?;
        let mut engine =
            Self { variables: vec![("DOCKER_HOST", socket.into())], own: Some((child, folder.to_owned())) };
        println!("── no Docker engine can be reached: started one, its log is {}", log.display());
        let deadline = Instant::now() + START_PATIENCE;
        while !answers(engine.tell(&mut Command::new("docker"))) {
            let ended = engine.own.as_mut().and_then(|(child, _)| child.try_wait().ok().flatten());
            if run::is_interrupted() {
                return Err(Failure::interrupted());
            }
            if ended.is_some() || Instant::now() > deadline {
                let words = fs::read_to_string(&log).unwrap_or_default();
                return Err(failed(words.lines().last().unwrap_or("it does not answer; are you root?")));
            }
            sleep(POLL);
        }
        Ok(engine)
    }

    /// Lets the command reach this engine.
    pub(super) fn tell<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        command.envs(self.variables.iter().map(|(name, value)| (name, value)))
    }

    /// The same engine by a command line with the plugins of this folder, if there are any.
    pub(super) fn with_plugins(mut self, config: &Path) -> Self {
        if config.join("cli-plugins").is_dir() {
            self.variables.push(("DOCKER_CONFIG", config.into()));
        }
        self
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some((mut child, folder)) = self.own.take() else { return };
        let kill = format!("kill -s TERM {}", child.id());
        Command::new("sh").args(["-c", &kill]).status().ok();
        child.wait().ok();
        // It leaves the network of the machine mounted there, and the folder could not be removed.
        run::output(Command::new("umount").arg(folder.join("exec/netns/default")));
    }
}

fn answers(docker: &mut Command) -> bool {
    run::output(docker.args(["version", "--format", "{{.Server.Version}}"]))
        .is_some_and(|version| !version.is_empty())
}
