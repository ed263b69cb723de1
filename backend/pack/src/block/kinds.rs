//! In which ways the columns of a block are written: for the tests of the format.

use super::Block;
use crate::float::Floats;
use crate::squeeze;
use crate::text::Texts;
use crate::time::Times;
use crate::whole::Whole;
use std::collections::BTreeSet;

impl Block<'_> {
    pub(crate) fn kinds(&self) -> BTreeSet<String> {
        let mut kinds = BTreeSet::new();
        let steps = self.times.as_ref().and_then(Times::steps);
        let order = self.texts.as_ref().map(Texts::order);
        let columns = [steps, self.units, self.gateways, self.ints, self.bools, order];
        kinds.extend(columns.into_iter().flatten().map(|whole| of_whole(&whole)));
        match &self.floats {
            None => {}
            Some(Floats::Decimal { numbers, .. }) => {
                kinds.extend(["floats: decimal".to_owned(), of_whole(numbers)]);
            }
            Some(Floats::Squeezed(bytes)) => {
                kinds.insert(format!("floats: {}", squeeze::kind::<f64>(bytes)));
            }
            Some(Floats::Plain(_)) => {
                kinds.insert("floats: plain".to_owned());
            }
        }
        for (column, is_there) in [
            ("hidden", self.hidden() > 0),
            ("no value", self.runs.iter().any(|(it, _)| it.is_some_and(|it| it.stored.is_none()))),
            ("ints", self.ints.is_some()),
            ("bools", self.bools.is_some()),
            ("texts", self.texts.is_some()),
        ] {
            if is_there {
                kinds.insert(column.to_owned());
            }
        }
        kinds
    }
}

fn of_whole(whole: &Whole<'_>) -> String {
    match whole {
        Whole::Constant(_) => "constant".to_owned(),
        Whole::Runs(_) => "runs".to_owned(),
        Whole::Steps(_) => "steps".to_owned(),
        Whole::Squeezed { width, bytes, .. } => match width {
            3 => format!("8 bits: {}", squeeze::kind::<u8>(bytes)),
            4 => format!("16 bits: {}", squeeze::kind::<u16>(bytes)),
            5 => format!("32 bits: {}", squeeze::kind::<u32>(bytes)),
            _ => format!("64 bits: {}", squeeze::kind::<u64>(bytes)),
        },
    }
}
