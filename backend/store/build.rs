//! Embeds the migrations again whenever one is added: stable Rust does not watch the folder by itself.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
