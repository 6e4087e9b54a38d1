//! Each statement against the schema, as the server reads it: what a macro would check while compiling.

use super::harness::Place;
use sqlx::AssertSqlSafe;
use std::{fs, path::Path};

#[tokio::test]
async fn each_can_be_prepared() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    for room in ["audit", "postgres", "projection", "upkeep", "view"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room).join("sql");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty());
        for file in files {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let statement = fs::read_to_string(&file).unwrap();
            let prepare = format!("PREPARE {room}_{name} AS {statement}");
            let prepared = sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await;
            prepared.unwrap_or_else(|error| panic!("{room}/{name}: {error}"));
        }
    }
}
