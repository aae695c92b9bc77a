//! `cluster`: starts and stops a private PostgreSQL from scripts; prints what to connect to.
//!
//! Links no database code, so that it builds even while a query of a service does not.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use cluster::{Cluster, Durability};

#[derive(Parser)]
#[command(about = "Starts and stops a private PostgreSQL cluster")]
struct Arguments {
    /// Folder that holds the cluster.
    #[arg(long, default_value = ".courtside")]
    state: PathBuf,
    /// Trade durability for speed: for test runs.
    #[arg(long)]
    disposable: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the cluster unless it runs, and print the address of a database for the superuser.
    Start {
        #[arg(default_value = "postgres")]
        database: String,
    },
    /// Stop the cluster.
    Stop,
    /// Print the folder with psql, pgbench and the other programs of the server.
    Programs,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let durability = if arguments.disposable { Durability::Disposable } else { Durability::Durable };
    let cluster = Cluster::locate(&arguments.state, durability)?;
    match arguments.command {
        Command::Start { database } => {
            cluster.start()?;
            println!("{}", cluster.admin_url(&database)?);
        }
        Command::Stop => cluster.stop()?,
        Command::Programs => println!("{}", cluster.programs().display()),
    }
    Ok(())
}
