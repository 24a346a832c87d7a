using Npgsql;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Databases made by released versions, with the answers that those versions gave.</summary>
internal static class Releases
{
    /// <summary>The folder of a release: the recorded answers.</summary>
    public static string Folder(string release) =>
        Path.Combine(Repository.Root, "tests", "VirtualServer.Service.Tests", "Releases", release);

    /// <summary>A database as a release left it.</summary>
    public static async Task<string> Restore(string release)
    {
        var database = await (await Servers.Get()).EmptyDatabase();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var lines = await File.ReadAllLinesAsync($"{Folder(release)}.sql");
        for (var (start, i) = (0, 0); i <= lines.Length; i++)
        {
            var copies = i < lines.Length && lines[i].StartsWith("COPY ", StringComparison.Ordinal);
            if (!copies && i < lines.Length) continue;
            var text = string.Join('\n', lines[start..i]);
            if (!string.IsNullOrWhiteSpace(text))
            {
                await using var statements = new NpgsqlCommand(text, connection);
                await statements.ExecuteNonQueryAsync();
            }

            if (!copies) break;
            await using (var rows = await connection.BeginTextImportAsync(lines[i].TrimEnd(';')))
            {
                for (i++; lines[i] != "\\."; i++) await rows.WriteAsync($"{lines[i]}\n");
            }

            start = i + 1;
        }

        return database;
    }
}
