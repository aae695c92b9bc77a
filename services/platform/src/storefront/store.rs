//! All SQL of the storefront: what an owner's business is called in public.

use contracts::ids::UserId;
use sqlx::PgConnection;

/// The name of an owner's company or association, if one is known. A sole proprietor's is the name of a person and not
/// told.
pub async fn business_name(connection: &mut PgConnection, owner: UserId) -> Result<Option<String>, sqlx::Error> {
    let name = sqlx::query_scalar!(
        "SELECT business_name FROM platform.business_profiles
         WHERE owner_id = $1 AND business_type IN ('COMPANY', 'ASSOCIATION')",
        owner.0
    );
    Ok(name.fetch_optional(connection).await?.flatten())
}
