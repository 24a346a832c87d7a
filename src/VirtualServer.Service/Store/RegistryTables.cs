using Weasel.Core;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace VirtualServers.Service.Store;

/// <summary>
/// What spans aggregates, in three small tables beside the views: who is called what, who refers to whom, and which requests
/// were answered. The database settles races with their keys; the messages callers get come from the facts.
/// </summary>
public static class RegistryTables
{
    public static IEnumerable<ISchemaObject> All => [Directory(), Uses(), Requests()];

    /// <summary>Every object that has a name. Unique per kind and scope among the living; a deleted one stays, to be called by its name.</summary>
    private static Table Directory()
    {
        var table = new Table(Name("directory"));
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("kind", "text").NotNull();
        table.AddColumn("scope", "text").NotNull();
        table.AddColumn("name", "text").NotNull();
        table.AddColumn("living", "boolean").NotNull();
        // Names compare exactly and sort by code point, whatever the database's locale.
        table.Indexes.Add(new IndexDefinition("directory_name_is_unique")
        {
            Columns = ["kind", "scope", "name"], IsUnique = true, Predicate = "living = true", Collation = "C",
        });
        table.Indexes.Add(new IndexDefinition("directory_by_name") { Columns = ["kind", "name"], Collation = "C" });
        // What the references below point at: the pair can't stop being (id, true) while one does.
        table.Indexes.Add(new IndexDefinition("directory_living_id") { Columns = ["id", "living"], IsUnique = true });
        return table;
    }

    /// <summary>
    /// Every reference: whose, by which field, to whom. <c>living</c> is true while it is in force and null when its object is
    /// deleted; a foreign key with a null part is not checked, so what a deleted object referred to may go, and can still be named.
    /// </summary>
    private static Table Uses()
    {
        var table = new Table(Name("uses"));
        table.AddColumn("source", "uuid").AsPrimaryKey();
        table.AddColumn("field", "text").AsPrimaryKey();
        table.AddColumn("target", "uuid").AsPrimaryKey();
        table.AddColumn("living", "boolean");
        table.Indexes.Add(new IndexDefinition("uses_by_target") { Columns = ["target", "living"] });
        table.ForeignKeys.Add(new ForeignKey("uses_target_lives")
        {
            LinkedTable = Name("directory"), ColumnNames = ["target", "living"], LinkedNames = ["id", "living"],
        });
        return table;
    }

    /// <summary>The answers of commands that gave a request id.</summary>
    private static Table Requests()
    {
        var table = new Table(Name("requests"));
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("fingerprint", "bytea").NotNull();
        table.AddColumn("answer", "bytea").NotNull();
        table.AddColumn("time", "timestamp with time zone").NotNull();
        table.Indexes.Add(new IndexDefinition("requests_by_time") { Columns = ["time"] });
        return table;
    }

    private static PostgresqlObjectName Name(string table) => new(EventStore.Schema, table, SchemaUtils.IdentifierUsage.General);
}
