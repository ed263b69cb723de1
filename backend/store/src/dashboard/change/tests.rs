use super::*;
use serde_json::value::RawValue;
use vigia_model::WidgetKind;

fn edit(id: Option<Uuid>, key: Option<&str>, layout: Option<(i64, i64, i64, i64)>) -> WidgetEdit {
    WidgetEdit {
        id,
        key: key.map(|key| Identifier::new(key).unwrap()),
        kind: WidgetKind::Value,
        label: String::new(),
        metric: None,
        unit: None,
        data_type: None,
        layout: layout.map(|(x, y, w, h)| Layout::new(x, y, w, h).unwrap()),
        options: RawValue::from_string("{}".to_owned()).unwrap(),
    }
}

fn content(edits: Vec<WidgetEdit>) -> Content {
    let draft = Draft { name: "oven".to_owned(), icon_url: None, widgets: edits };
    Change::Create(draft).apply(&Content::default()).unwrap().1
}

fn keys(content: &Content) -> Vec<&str> {
    content.widgets.iter().map(|widget| widget.key.as_str()).collect()
}

#[test]
fn new_widgets_get_a_free_key_and_a_place_below_the_others() {
    let made = content(vec![
        edit(None, None, None),
        edit(None, Some("w1"), Some((6, 4, 6, 3))),
        edit(None, None, None),
    ]);
    assert_eq!(keys(&made), ["w2", "w1", "w3"], "what somebody names is not given to another");
    let rows: Vec<_> = made.widgets.iter().map(|it| (it.layout.x(), it.layout.y(), it.layout.w())).collect();
    assert_eq!(rows, [(0, 7, 2), (6, 4, 6), (0, 8, 2)]);
}

#[test]
fn a_widget_keeps_its_key_and_place_unless_told_otherwise() {
    let before = content(vec![edit(None, Some("a"), Some((3, 9, 2, 2))), edit(None, Some("b"), None)]);
    let (a, b) = (before.widgets[0].id, before.widgets[1].id);
    let renamed = WidgetEdit { label: "Head".to_owned(), ..edit(None, None, None) };
    let (note, after) = Change::UpdateWidget(a, renamed).apply(&before).unwrap();
    assert_eq!(note, Note { change: "update_widget", subject: Some("a".to_owned()) });
    assert_eq!(after.widgets[0], Widget { label: "Head".to_owned(), ..before.widgets[0].clone() });
    let edits =
        Some(vec![edit(Some(b), None, None), edit(None, Some("c"), None), edit(Some(a), Some("z"), None)]);
    let update = Change::Update { name: "kiln".to_owned(), icon_url: None, widgets: edits };
    let (_, after) = update.apply(&before).unwrap();
    assert_eq!((after.name.as_str(), keys(&after)), ("kiln", vec!["b", "c", "z"]));
    assert_eq!((after.widgets[0].id, after.widgets[2].id), (b, a));
    assert_eq!(after.widgets[2].layout, before.widgets[0].layout);
}

#[test]
fn every_fault_among_the_others_is_named() {
    let before = content(vec![edit(None, Some("a"), None), edit(None, Some("b"), None)]);
    let (a, b, stranger) = (before.widgets[0].id, before.widgets[1].id, Uuid::new_v4());
    let edits = vec![
        edit(Some(a), None, None),
        edit(Some(stranger), None, None),
        edit(Some(a), Some("c"), None),
        edit(None, Some("a"), None),
    ];
    let update = Change::Update { name: "x".to_owned(), icon_url: None, widgets: Some(edits) };
    let key = |key: &str| WidgetFault::KeyTaken(Identifier::new(key).unwrap());
    assert_eq!(
        update.apply(&before).unwrap_err(),
        Refusal::Widgets(vec![
            (1, WidgetFault::UnknownId(stranger)),
            (2, WidgetFault::RepeatedId(a)),
            (3, key("a")),
        ])
    );
    let deep = vec![edit(None, None, Some((0, 10_000, 1, 50))), edit(None, None, None)];
    let deep = Change::Update { name: "x".to_owned(), icon_url: None, widgets: Some(deep) };
    assert_eq!(deep.apply(&before).unwrap_err(), Refusal::Widgets(vec![(1, WidgetFault::NoRoom)]));
    let added = Change::AddWidget(edit(None, Some("b"), None)).apply(&before).unwrap_err();
    assert_eq!(added, Refusal::Widgets(vec![(2, key("b"))]));
    let order = Change::Reorder(vec![b, stranger, b]).apply(&before).unwrap_err();
    assert_eq!(order, Refusal::Order { missing: vec![a], unknown: vec![stranger], repeated: vec![b] });
    assert_eq!(Change::RemoveWidget(stranger).apply(&before).unwrap_err(), Refusal::NoSuchWidget);
    let many = vec![edit(None, None, None); MAX_WIDGETS + 1];
    let many = Change::Update { name: "x".to_owned(), icon_url: None, widgets: Some(many) };
    assert_eq!(many.apply(&before).unwrap_err(), Refusal::TooManyWidgets);
}
