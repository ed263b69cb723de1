//! The report as one table.

use crate::report::{Report, Row, Target};

const COLUMNS: [&str; 7] = ["figure", "runs", "Vigía", "baseline", "ratio", "target", "met"];

/// What other processes may use, in cores, before the figures mean less than they seem to.
const MOST_OTHERS: f64 = 0.1;

/// Prints it on standard output.
pub(crate) fn print(report: &Report) {
    let machine = &report.machine;
    println!(
        "machine    {} cores ({}), {} GiB, Linux {}",
        machine.cores, machine.processor, machine.memory_gib, machine.kernel
    );
    println!("servers    PostgreSQL {}, Mosquitto {}", machine.postgres, machine.mosquitto);
    for (whose, settings) in [("server", &report.settings.server), ("writer", &report.settings.writer)] {
        let list: Vec<String> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        println!("settings   {whose}: {}", list.join(" "));
    }
    let plan = &report.plan;
    println!(
        "runs       medians over as many as stand beside; {} s warm-up and {} s window, {} s where paced; {} connections, mTLS, QoS 1",
        plan.warm_up_seconds, plan.window_seconds, plan.paced_window_seconds, plan.connections
    );
    println!(
        "           a checkpoint before each run; processor time is the subscriber's own, without its servers; all of it took {:.0} s",
        report.seconds
    );
    if let Some(others) = report.others() {
        let warning = if others > MOST_OTHERS { ": THE FIGURES SAY LITTLE" } else { "" };
        println!(
            "meanwhile  other processes used {:.2} cores (median over the runs){warning}",
            others.max(0.0)
        );
    }
    println!();
    let rows: Vec<[String; 7]> =
        std::iter::once(COLUMNS.map(str::to_owned)).chain(report.rows.iter().map(cells)).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    for row in &rows {
        let line: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let gap = " ".repeat(width(column) - cell.chars().count());
                if column == 0 { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
            })
            .collect();
        println!("{}", line.join("  ").trim_end());
    }
}

fn cells(row: &Row) -> [String; 7] {
    let vigia = match row.vigia_median {
        Some(half) => format!("{} / {} {}", number(half), number(row.vigia), row.unit),
        None => format!("{} {}", number(row.vigia), row.unit),
    };
    [
        row.figure.clone(),
        row.runs.to_string(),
        vigia,
        row.baseline.map(|baseline| format!("{} {}", number(baseline), row.unit)).unwrap_or_default(),
        row.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
        row.target.map(|target| said(target, row.unit)).unwrap_or_default(),
        row.met.map(|met| if met { "yes" } else { "NO" }).unwrap_or_default().to_owned(),
    ]
}

fn said(target: Target, unit: &str) -> String {
    match target {
        Target::RatioAtLeast(least) => format!("ratio ≥ {least}"),
        Target::RatioAtMost(most) => format!("ratio ≤ {most}"),
        Target::AtMost(most) => format!("≤ {most} {unit}"),
        Target::AtLeast(least) => format!("≥ {} {unit}", number(least)),
    }
}

/// Thousands apart, and decimals only where they mean something.
fn number(figure: f64) -> String {
    if figure < 100.0 {
        return format!("{figure:.1}");
    }
    let digits = format!("{figure:.0}");
    let head = digits.len() % 3;
    let (head, rest) = digits.split_at(head);
    let groups = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (!head.is_empty()).then(|| head.to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_stand_apart() {
        for (figure, shown) in
            [(1.25, "1.2"), (99.0, "99.0"), (123.4, "123"), (1_234.0, "1 234"), (1_234_567.0, "1 234 567")]
        {
            assert_eq!(super::number(figure), shown);
        }
    }
}
