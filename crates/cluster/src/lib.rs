//! The private PostgreSQL cluster that `courtside up` and the tests run on: found, initialised, started, stopped.
//!
//! Owns the processes and files below one state folder (`.courtside/` by default) and nothing else on the machine.
//! Knows no schema: roles, extensions and migrations are the business of `kit::db` and of the services.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, bail, ensure};
use sha2::{Digest as _, Sha256};

/// The oldest server whose features the migrations use.
const OLDEST_SUPPORTED: u32 = 15;

/// How durable the cluster is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Every commit reaches the disk. What people run.
    Durable,
    /// No fsync: a crash of the machine may lose the cluster. Test runs only.
    Disposable,
}

/// A cluster on this machine, running or not.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    data: PathBuf,
    password_file: PathBuf,
    run_as: Option<&'static str>,
    durability: Durability,
}

impl Cluster {
    /// Finds the PostgreSQL programs and the folder of the cluster below `state`; touches nothing yet.
    ///
    /// # Errors
    /// Says which package to install when PostgreSQL or PostGIS is missing.
    pub fn locate(state: &Path, durability: Durability) -> anyhow::Result<Self> {
        let programs = find_programs()?;
        fs::create_dir_all(state).with_context(|| format!("cannot create {}", state.display()))?;
        let state = state.canonicalize()?;
        let run_as = if effective_user_is_root()? { Some("postgres") } else { None };
        let data = data_folder(&state, run_as)?;
        Ok(Self { programs, data, password_file: state.join("postgres-password"), run_as, durability })
    }

    /// Initialises the cluster on first use and starts it unless it runs already.
    ///
    /// # Errors
    /// Carries the tail of the server's own log when the server does not come up.
    pub fn start(&self) -> anyhow::Result<()> {
        if !self.data.join("PG_VERSION").exists() {
            self.initialise()?;
        }
        if self.is_running()? {
            return Ok(());
        }
        let port = free_port()?;
        let mut options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c shared_buffers=64MB"
        );
        if self.durability == Durability::Disposable {
            options.push_str(" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=500");
        }
        let log = self.data.join("server.log");
        let outcome = self.run(
            "pg_ctl",
            &["start", "-w", "-t", "60", "-D", &text(&self.data)?, "-l", &text(&log)?, "-o", &options],
        )?;
        if !outcome.status.success() {
            let log_text = fs::read_to_string(&log).unwrap_or_default();
            let tail: Vec<&str> = log_text.lines().rev().take(15).collect();
            bail!("PostgreSQL did not start:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        Ok(())
    }

    /// Stops the server, ending its sessions; a stopped server is fine.
    ///
    /// # Errors
    /// When the server does not stop within a minute.
    pub fn stop(&self) -> anyhow::Result<()> {
        if !self.is_running()? {
            return Ok(());
        }
        let outcome = self.run("pg_ctl", &["stop", "-w", "-t", "60", "-m", "fast", "-D", &text(&self.data)?])?;
        ensure!(
            outcome.status.success(),
            "PostgreSQL did not stop: {}",
            String::from_utf8_lossy(&outcome.stderr).trim()
        );
        Ok(())
    }

    /// Address of `database` for the cluster's superuser.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn admin_url(&self, database: &str) -> anyhow::Result<String> {
        let password = fs::read_to_string(&self.password_file).context("the cluster has no password file")?;
        Ok(format!("postgres://postgres:{}@127.0.0.1:{}/{database}", password.trim(), self.port()?))
    }

    /// Address of `database` for a role whose password is `password`.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn role_url(&self, role: &str, password: &str, database: &str) -> anyhow::Result<String> {
        Ok(format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.port()?))
    }

    /// Folder with `psql`, `pgbench` and the other programs of the found server.
    #[must_use]
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The port of the running server: fourth line of its pid file, as PostgreSQL documents it.
    fn port(&self) -> anyhow::Result<u16> {
        let pid_file = fs::read_to_string(self.data.join("postmaster.pid")).context("PostgreSQL is not running")?;
        pid_file.lines().nth(3).and_then(|line| line.trim().parse().ok()).context("the server's pid file names no port")
    }

    fn is_running(&self) -> anyhow::Result<bool> {
        // pg_ctl status: 0 = running, 3 = not running, 4 = no accessible data folder.
        Ok(self.run("pg_ctl", &["status", "-D", &text(&self.data)?])?.status.success())
    }

    fn initialise(&self) -> anyhow::Result<()> {
        if !self.password_file.exists() {
            write_secret(&self.password_file, &random_password())?;
        }
        let password = fs::read_to_string(&self.password_file)?;
        // initdb reads the password as the unprivileged user, who may not read the state folder.
        let handed_over = self.data.with_extension("pw");
        write_secret(&handed_over, password.trim())?;
        self.give_to_server_user(&handed_over)?;
        // Tests make roles by the hundred; on a cluster that is thrown away they need no passwords.
        let authentication = match self.durability {
            Durability::Durable => "--auth=scram-sha-256",
            Durability::Disposable => "--auth=trust",
        };
        let outcome = self.run(
            "initdb",
            &[
                "-D",
                &text(&self.data)?,
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                authentication,
                &format!("--pwfile={}", text(&handed_over)?),
                "--no-sync",
                "--no-instructions",
            ],
        );
        fs::remove_file(&handed_over)?;
        let outcome = outcome?;
        ensure!(outcome.status.success(), "initdb failed: {}", String::from_utf8_lossy(&outcome.stderr).trim());
        Ok(())
    }

    fn give_to_server_user(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(user) = self.run_as {
            let outcome = Command::new("chown").arg(user).arg(path).output()?;
            ensure!(outcome.status.success(), "cannot give {} to user {user}", path.display());
        }
        Ok(())
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Output> {
        let path = self.programs.join(program);
        let mut command = match self.run_as {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(&path);
                command
            }
            None => Command::new(&path),
        };
        // A server started from here must not hold the caller's pipes open, nor depend on its working folder.
        command.args(arguments).current_dir("/").stdin(std::process::Stdio::null());
        if program == "pg_ctl" && arguments.first() == Some(&"start") {
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            let status = command.status().with_context(|| format!("cannot run {}", path.display()))?;
            return Ok(Output { status, stdout: Vec::new(), stderr: Vec::new() });
        }
        command.output().with_context(|| format!("cannot run {}", path.display()))
    }
}

/// A password of 32 hexadecimal digits from the operating system's randomness.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a tool that starts a database knows nothing of kit")]
pub fn random_password() -> String {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system has randomness");
    hex::encode(bytes)
}

/// Writes `content` to a file only its owner may read.
///
/// # Errors
/// Whatever the file system answers.
pub fn write_secret(path: &Path, content: &str) -> anyhow::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(content.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

fn effective_user_is_root() -> anyhow::Result<bool> {
    Ok(fs::metadata("/proc/self").context("this system has no /proc")?.uid() == 0)
}

/// Where the data lies: below the state folder, unless the server's user cannot reach it there (a clone below
/// `/root`, say); then below `/var/tmp`, with a link in the state folder that shows the way.
fn data_folder(state: &Path, run_as: Option<&str>) -> anyhow::Result<PathBuf> {
    let Some(user) = run_as else {
        return Ok(state.join("pg").join("data"));
    };
    let link = state.join("pg");
    let reachable =
        state.ancestors().all(|folder| fs::metadata(folder).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0));
    let home = if reachable {
        link.clone()
    } else {
        let digest = hex::encode(Sha256::digest(state.as_os_str().as_encoded_bytes()));
        let elsewhere = PathBuf::from(format!("/var/tmp/courtside-{}", &digest[..12]));
        if fs::symlink_metadata(&link).is_err() {
            std::os::unix::fs::symlink(&elsewhere, &link)?;
        }
        elsewhere
    };
    if !home.exists() {
        fs::create_dir_all(&home)?;
        let outcome = Command::new("chown").arg(user).arg(&home).output()?;
        ensure!(
            outcome.status.success(),
            "PostgreSQL refuses to run as root and this system has no user {user}: install postgresql-15"
        );
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
    }
    Ok(home.join("data"))
}

/// The newest server on this machine that is new enough and has PostGIS.
fn find_programs() -> anyhow::Result<PathBuf> {
    let mut candidates: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    candidates.sort();
    candidates.reverse();
    for base in [
        "/opt/homebrew/opt/postgresql@17/bin",
        "/opt/homebrew/opt/postgresql@16/bin",
        "/usr/local/pgsql/bin",
        "/usr/pgsql-16/bin",
        "/usr/bin",
        "/usr/local/bin",
    ] {
        candidates.push(PathBuf::from(base));
    }
    let mut seen_without_postgis = None;
    for programs in candidates {
        let Some(version) = major_version(&programs) else { continue };
        if version < OLDEST_SUPPORTED || !programs.join("initdb").exists() {
            continue;
        }
        if has_postgis(&programs) {
            return Ok(programs);
        }
        seen_without_postgis = Some(version);
    }
    match seen_without_postgis {
        Some(version) => {
            bail!("PostgreSQL {version} is here but PostGIS is not: install postgresql-{version}-postgis-3")
        }
        None => {
            bail!("no PostgreSQL {OLDEST_SUPPORTED} or newer found: install postgresql-15 and postgresql-15-postgis-3")
        }
    }
}

fn major_version(programs: &Path) -> Option<u32> {
    let output = Command::new(programs.join("postgres")).arg("--version").output().ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

/// `postgres (PostgreSQL) 15.18 (Debian ...)` → 15.
fn parse_major(version_line: &str) -> Option<u32> {
    let after = version_line.split("(PostgreSQL)").nth(1)?.trim_start();
    after.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

fn has_postgis(programs: &Path) -> bool {
    let Ok(output) = Command::new(programs.join("pg_config")).arg("--sharedir").output() else { return false };
    Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("extension/postgis.control").exists()
}

fn free_port() -> anyhow::Result<u16> {
    let probe = TcpListener::bind("127.0.0.1:0").context("no free local port")?;
    Ok(probe.local_addr()?.port())
}

fn text(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("the path {} is not readable text", path.display()))
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn the_major_version_is_read_from_what_the_server_prints() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("mysqld 8"), None);
    }
}
