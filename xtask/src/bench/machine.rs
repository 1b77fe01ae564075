//! The machine that measures.

use std::fs;

use super::process::Step;

/// One line about hardware and system, one about the tools.
pub(super) fn describe(tools: &[String]) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = entry("/proc/cpuinfo", "model name")
        .or_else(|| {
            Step::new("sysctl", ".")
                .args(["-n", "machdep.cpu.brand_string"])
                .says()
        })
        .unwrap_or_else(|| "unknown processor".to_owned());
    let memory = entry("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
        .map_or_else(String::new, |kibibytes| {
            format!(", {} GiB of memory", (kibibytes + 524_288) / 1_048_576)
        });
    let system = fs::read_to_string("/etc/os-release")
        .ok()
        .and_then(|text| {
            let name = text
                .lines()
                .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
            Some(name.trim_matches('"').to_owned())
        })
        .unwrap_or_else(|| std::env::consts::OS.to_owned());
    let kernel = Step::new("uname", ".").arg("-sr").says();
    let kernel = kernel.map_or_else(String::new, |kernel| format!(" ({kernel})"));
    format!(
        "{cores} cores of {processor}{memory}; {system}{kernel}\n{}",
        tools.join("; ")
    )
}

/// The average number of processes that wanted to run in the last minute, where the system says.
pub(super) fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}

fn entry(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
