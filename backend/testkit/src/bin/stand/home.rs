//! The demo's folder: its lock, its logs, its data, and the note that tells others how to reach it.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use vigia_testkit::Account;

use crate::failure::{Failure, Result};

/// How long the watchdogs of a killed demo may take to clean up.
const LAST_RUN_PATIENCE: Duration = Duration::from_secs(15);

/// The folder `.vigia`, ours alone while this value lives.
#[derive(Debug)]
pub(crate) struct Home {
    dir: PathBuf,
    lock: File,
}

impl Home {
    /// Makes the folder if need be and locks it. The watchdog of a killed demo holds the lock until all is
    /// cleaned up, so waiting for the lock is waiting for that.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir.join("logs")).map_err(Failure::file("make", dir.join("logs")))?;
        let dir = dir.canonicalize().map_err(Failure::file("find", dir))?;
        let path = dir.join("demo.lock");
        let mut lock = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(Failure::file("open", &path))?;
        let deadline = Instant::now() + LAST_RUN_PATIENCE;
        while lock.try_lock().is_err() {
            let pid = fs::read_to_string(&path).unwrap_or_default();
            let name = fs::read_to_string(format!("/proc/{}/comm", pid.trim())).unwrap_or_default();
            if name.trim() == "stand" || Instant::now() > deadline {
                return Err(Failure::AlreadyRunning { dir, pid: pid.trim().to_owned() });
            }
            sleep(Duration::from_millis(50));
        }
        let noted = lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id()));
        noted.map_err(Failure::file("write", &path))?;
        let home = Self { dir, lock };
        home.withdraw();
        Ok(home)
    }

    /// A second handle of the lock, to be held by a watchdog.
    pub(crate) fn lock(&self) -> Result<File> {
        self.lock.try_clone().map_err(Failure::file("open", self.dir.join("demo.lock")))
    }

    /// Where a file or folder of this name is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// A log for this run; the last run's is kept beside it.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        let log = self.dir.join("logs").join(name);
        fs::rename(&log, self.dir.join("logs").join(format!("{name}.old"))).ok();
        log
    }

    /// The folder for the servers' data. Below ours if the servers' account can enter it; it cannot enter the
    /// home of root, and then the data lives in `/var/tmp` and a note here says where.
    pub(crate) fn data(&self) -> Result<PathBuf> {
        let account = Account::for_servers();
        if account.reaches(&self.dir) {
            let data = self.dir.join("data");
            return make(&data).map(|()| data);
        }
        let note = self.dir.join("data.path");
        let noted = fs::read_to_string(&note).map(|text| PathBuf::from(text.trim())).ok();
        let data = noted.filter(|path| path.is_dir()).unwrap_or_else(|| {
            Path::new("/var/tmp").join(format!("vigia-demo-{:016x}", RandomState::new().hash_one(&self.dir)))
        });
        make(&data)?;
        account.own(&data)?;
        fs::write(&note, format!("{}\n", data.display())).map_err(Failure::file("write", &note))?;
        Ok(data)
    }

    /// The file that tells others how to reach the demo, while it runs.
    pub(crate) fn note(&self) -> PathBuf {
        self.dir.join("demo.json")
    }

    /// Tells others, whole or not at all and to be read by us only, how to reach the demo.
    pub(crate) fn announce(&self, note: &serde_json::Value) -> Result<PathBuf> {
        let (path, part) = (self.note(), self.dir.join("demo.json.part"));
        fs::remove_file(&part).ok();
        let mut options = File::options();
        let written = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part)
            .and_then(|mut file| writeln!(file, "{note:#}"))
            .and_then(|()| fs::rename(&part, &path));
        written.map_err(Failure::file("write", &path))?;
        Ok(path)
    }

    /// Takes the note back.
    pub(crate) fn withdraw(&self) {
        fs::remove_file(self.note()).ok();
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.withdraw();
    }
}

fn make(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).map_err(Failure::file("make", dir))
}

/// A password nobody can guess, of letters and digits only, so that it fits into a URL.
pub(crate) fn password() -> Result<String> {
    let mut bytes = [0; 16];
    let source = Path::new("/dev/urandom");
    let read = File::open(source).and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(Failure::file("read", source))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
