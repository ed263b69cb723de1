//! The web image without its container: the same script and configuration, the system's Nginx, and pages of a few lines.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use vigia_testkit::{Account, NginxTools, Pki, Process, Scratch, free_port, tail};

/// The name it serves.
pub(crate) const NAME: &str = "vigia.test";
const NGINX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../nginx");
const PATIENCE: Duration = Duration::from_secs(20);

/// What is served: some text, and what stands for its compressed forms.
const PAGES: [(&str, &str); 10] = [
    ("index.html", "<!doctype html><title>Vigía</title>"),
    ("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    (".secret", "not for the public"),
    ("assets/app-1.js", "plain"),
    ("assets/app-1.js.gz", "as gzip"),
    ("assets/app-1.js.br", "as brotli"),
    ("assets/app-1.js.map", "not for the public"),
    ("assets/app-1.css", "plain"),
    ("assets/app-1.css.gz", "as gzip"),
    ("assets/inter-1.woff2", "a font"),
];

/// Ports, known before anything listens on them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) https: u16,
    pub(crate) http: u16,
    pub(crate) backend: u16,
}

impl Ports {
    /// Free ones, in front of a backend on this one.
    pub(crate) fn before(backend: u16) -> Self {
        Self { https: free_port().unwrap(), http: free_port().unwrap(), backend }
    }

    /// How people reach it.
    pub(crate) fn public_url(self) -> String {
        format!("https://{NAME}:{}", self.https)
    }
}

/// Nginx as the web image runs it.
pub(crate) struct Web {
    // Dropped first.
    process: Process,
    scratch: Scratch,
    pki: Pki,
    pub(crate) ports: Ports,
}

/// What a request was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 for none.
    pub(crate) status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Everything that came.
    pub(crate) text: String,
    /// What curl itself ended with.
    pub(crate) exit: i32,
}

impl Web {
    /// Starts it with a certificate, or as on a new machine without one.
    pub(crate) fn start(ports: Ports, certified: bool) -> Self {
        let account = Account::for_servers();
        let scratch = Scratch::new("web", account).unwrap();
        let at = |name: &str| scratch.path().join(name);
        let pki = Pki::open_or_create(&at("pki")).unwrap();
        copy(Path::new(NGINX), &at("nginx"));
        for folder in ["run", "acme", "acme/.well-known", "certificates", "www", "www/assets"] {
            fs::create_dir_all(at(folder)).unwrap();
            account.own(&at(folder)).unwrap();
        }
        copy(&at("nginx/vigia/pages"), &at("www"));
        for (name, content) in PAGES {
            fs::write(at("www").join(name), content).unwrap();
        }
        let tools = NginxTools::find().unwrap();
        let mut command = Command::new("bash");
        command
            .arg(at("nginx/web.sh"))
            .env("PATH", format!("/usr/local/bin:/usr/bin:/bin:{}", tools.bin().display()));
        command.env("SERVER_NAME", NAME).env("PUBLIC_URL", ports.public_url());
        command.env("SOURCE", at("nginx")).env("RUN", at("run")).env("PAGES_DIR", at("www"));
        command.env("ACME_DIR", at("acme")).env("CERT_DIR", at("certificates"));
        command.env("MIME_TYPES", tools.mime_types()).env("WATCH_SECONDS", "1");
        command.env("LISTEN_HTTP", ports.http.to_string()).env("LISTEN_HTTPS", ports.https.to_string());
        command.env("LISTEN_STATUS", free_port().unwrap().to_string());
        command.env("API_UPSTREAM", format!("127.0.0.1:{}", ports.backend));
        if certified {
            certify(&scratch, &pki);
        } else {
            // Its own, good for thirty days, is due after some seconds.
            command.env("RENEW_SECONDS", "2591996");
        }
        let process = scratch.spawn("web", "TERM", account, &command, &at("web.log")).unwrap();
        let log = at("web.log");
        let mut web = Self { process, scratch, pki, ports };
        // A mere check of the configuration listens for a moment, too.
        let ready = || {
            tail(&log, usize::MAX).contains("web: serves")
                && std::net::TcpStream::connect(("127.0.0.1", ports.https)).is_ok()
        };
        web.process.wait_ready(PATIENCE, ready).unwrap();
        web
    }

    /// Puts a certificate of the test's authority where certbot would.
    pub(crate) fn certify(&self) {
        certify(&self.scratch, &self.pki);
    }

    /// Puts a file where certbot has the authority look for it.
    pub(crate) fn challenge(&self, name: &str, content: &str) {
        let folder = self.scratch.path().join("acme/.well-known/acme-challenge");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), content).unwrap();
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        tail(&self.scratch.path().join("web.log"), usize::MAX)
    }

    /// Stops it in order.
    pub(crate) fn stop(&mut self) -> bool {
        self.process.stop(PATIENCE).unwrap().is_some_and(|status| status.success())
    }

    /// Asks over TLS; more arguments for curl may follow the path.
    pub(crate) fn get(&self, path: &str, more: &[&str]) -> Answer {
        let url = format!("{}{path}", self.ports.public_url());
        self.curl(&[&[url.as_str()], more].concat())
    }

    /// Sends JSON.
    pub(crate) fn post(&self, path: &str, body: &str, more: &[&str]) -> Answer {
        let fixed = ["-H", "content-type: application/json", "--data-binary", body];
        self.get(path, &[&fixed, more].concat())
    }

    /// Runs curl, which trusts the test's authority and finds every name here.
    pub(crate) fn curl(&self, arguments: &[&str]) -> Answer {
        let mut curl = Command::new("curl");
        curl.args(["-q", "-sS", "-i", "--path-as-is", "--noproxy", "*", "--max-time", "10", "--cacert"])
            .arg(self.pki.ca());
        for port in [self.ports.https, self.ports.http] {
            curl.args(["--connect-to", &format!(":{port}:127.0.0.1:{port}")]);
        }
        let output = curl.args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // What is said before the answer proper: that the body may come.
        let text = text.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&text);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let headers = head.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_ascii_lowercase(), value.trim_end().to_owned()))
        });
        let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        let exit = output.status.code().unwrap_or(-1);
        Answer { status, headers: headers.collect(), body: body.to_owned(), exit, text: text.to_owned() }
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn until(&self, what: &str, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path, &[]);
            if wanted(&answer) {
                return answer;
            }
            assert!(Instant::now() < deadline, "waited until {what}: {answer:?}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Answer {
    /// A header that is there once; empty if it is not there at all.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found =
            self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = found.next().unwrap_or_default();
        assert!(found.next().is_none(), "{name} twice in {self:?}");
        first
    }

    /// The stable code of a problem.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert_eq!(problem["type"], format!("urn:vigia:problem:{}", problem["code"].as_str().unwrap()));
        problem["code"].as_str().unwrap().to_owned()
    }
}

fn certify(scratch: &Scratch, pki: &Pki) {
    let identity = pki.web(NAME).unwrap();
    // The certificate first, as certbot does: for a moment the pair does not fit.
    for (from, name) in [(&identity.cert, "fullchain.pem"), (&identity.key, "privkey.pem")] {
        let path = scratch.path().join("certificates").join(name);
        fs::write(&path, fs::read(from).unwrap()).unwrap();
        Account::for_servers().own(&path).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
