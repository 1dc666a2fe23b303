use redvest_client::store::SCHEMA;
use redvest_sqlite::rusqlite::Connection;
use redvest_sqlite::testing::upgraded_equals_fresh;

/// The first form as it was released; it never changes.
const FORM_1: &str = include_str!("form_1.sql");

#[test]
fn a_store_of_the_first_form_upgrades_to_the_present_one() {
    upgraded_equals_fresh(&SCHEMA, &format!("{FORM_1}; PRAGMA user_version = 1"));
}

#[test]
fn every_migration_is_valid_on_its_own_and_every_table_is_strict() {
    let connection = Connection::open_in_memory().unwrap();
    for migration in SCHEMA.migrations {
        connection.execute_batch(migration).unwrap();
    }
    let loose: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(loose.is_empty(), "{loose:?}");
}
