namespace VirtualServers.Benchmarks.Data;

/// <summary>Fills a database with many objects by SQL: copies of the rows of the specimens, with other ids, names and references.</summary>
internal static class Filling
{
    /// <summary>The objects that virtual servers reference.</summary>
    public static async Task Inventory(this Database database, Specimens specimens, int addresses)
    {
        // Without events: no row reads the history of the inventory, and each event would be announced.
        await database.Fill(Of(specimens.Address, KindOfId.Address, "host('10.0.0.0'::inet + n)", addresses));
        await database.Fill(Of(specimens.Pool, KindOfId.Pool, "'bench-pool-' || lpad(n::text, 4, '0')", Numbered.Pools));
        await database.Fill(Of(specimens.Device, KindOfId.Device, "'bench-device-' || lpad(n::text, 3, '0')", Numbered.Devices));
        await database.Fill(
            Of(specimens.Certificate, KindOfId.Certificate, "'bench-certificate-' || lpad(n::text, 3, '0')", Numbered.Certificates));
    }

    /// <summary>Virtual servers, each on the address of its number, port 443.</summary>
    /// <param name="changing">Whether the rows change them: then their events are needed, and the service announces them.</param>
    public static Task Servers(this Database database, Specimens specimens, int count, bool changing) => database.Fill(specimens.Server.Rows
        .Where(row => changing || row.Table is not ("registry.mt_events" or "registry.mt_streams"))
        .Select(row => row.Insert(specimens.OfServer,
            $"""
            from (
                select {Numbered.Id(KindOfId.Server, "n")} as id,
                    'bench-' || lpad(n::text, 8, '0') as name,
                    443 as port,
                    {Numbered.References("n", "n")}
                from generate_series(0, {count - 1}) n) it
            """)));

    /// <summary>
    /// Updates the planner's statistics and writes a checkpoint, so that the first measurement does not pay for the filling.
    /// </summary>
    public static Task Tidy(this Database database) => database.Execute("vacuum analyze", "checkpoint");

    private static IEnumerable<string> Of(Specimen specimen, KindOfId kind, string name, int count) =>
        specimen.Rows.Where(row => row.Table != "registry.mt_events")
        .Select(row => row.Insert(
            Differences.Of((specimen.Id, "it.id"), (specimen.Name, "it.name")),
            $"from (select {Numbered.Id(kind, "n")} as id, {name} as name from generate_series(0, {count - 1}) n) it"));

    // The references are known to be valid, so foreign keys are not checked for each of millions of rows.
    private static Task Fill(this Database database, IEnumerable<string> statements) =>
        database.Execute(["set session_replication_role = replica", .. statements]);
}
