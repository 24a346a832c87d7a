using System.Diagnostics;
using Grpc.Core;
using Npgsql;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Xunit.Abstractions;

namespace VirtualServers.Service.Tests;

/// <summary>A backup by deploy/backup under load, restored elsewhere: docs/backup.md.</summary>
public sealed class BackupTests(ITestOutputHelper output)
{
    [PgDumpFact]
    [Trait("Category", "Messaging")]
    public async Task A_backup_under_load_is_restored_elsewhere_and_everybody_who_had_seen_more_notices()
    {
        var servers = await Servers.Get();
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "registry.dump");
        await using var consumer = await ForeignConsumer.Start();
        await using var original = await TestService.Start();
        await TestInventory.Register(original);
        await using var callers = new Callers([original.Address]);
        callers.Start(6);
        await callers.More(300);
        output.WriteLine(await Backup("dump", file, original.Database));
        await callers.More(300);
        await callers.Stop();
        var token = (await original.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 })).NextPageToken;
        var ids = callers.Known.Keys.ToHashSet();
        var seen = Memory((await consumer.Receive(change => ids.Contains(change.Id), await Stored(original, ids))).Select(one =>
            consumer.About(one.ObjectId).First(told => told.MessageId == one.EventId).Change));

        var target = await servers.EmptyDatabase();
        output.WriteLine(await Backup("restore", file, target));
        await using var restored = await TestService.Start(target);
        Assert.Empty(await Rebuilding.Differences(restored));
        var epochs = await restored.Rows(
            "select id::text, reason from registry.epoch order by number desc", row => (row.GetString(0), row.GetString(1)));
        Assert.Equal(2, epochs.Count);
        Assert.Equal("restored from registry.dump", epochs[0].Item2);
        Assert.Equal(await original.Scalar<string>("select id::text from registry.epoch"), epochs[1].Item1);

        // It has lost what was committed after the backup.
        var kept = (await restored.Committed()).Select(one => one.EventId).ToHashSet();
        var lost = (await original.Committed()).Where(one => !kept.Contains(one.EventId)).ToList();
        Assert.NotEmpty(lost);
        var refused = await Refusal.Of(
            restored.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1, PageToken = token }),
            StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.StartsWith("page_token was given before the database was restored", refused.Message, StringComparison.Ordinal);

        // An object that has lost versions gets them again, with other content: its lost etag does not become valid.
        var rewound = lost.Select(one => one.ObjectId)
            .First(id => ids.Contains(id) && lost.All(one => one.ObjectId != id || one.Version > 1));
        var was = await original.Get(rewound);
        var now = await restored.Get(rewound);
        var repeated = new List<string>();
        while (now.Version < was.Version)
        {
            now = await restored.Update(rewound, new() { Port = 10_000 + now.Version });
            repeated.Add($"version {now.Version}");
        }

        await Refusal.Of(
            restored.VirtualServers.DisableVirtualServerAsync(new() { Id = rewound, Etag = was.Etag }),
            StatusCode.Aborted, "ETAG_MISMATCH");

        // Their changes have the numbers of lost ones, and another epoch: a consumer that remembers both takes them, one that remembers
        // the version alone drops them. Changes that had not been announced before the backup may be announced in this epoch, too.
        var changes = (await consumer.Receive(repeated.Count, change =>
            change.Id == rewound && change.Epoch == epochs[0].Item1 && change.After.VirtualServer.Port > 10_000))
            .Select(told => told.Change).ToList();
        Assert.Equal(repeated, changes.Select(change => $"version {change.Version}"));
        Assert.All(changes, change => Assert.True(change.Version <= seen.Where(one => one.Key.Id == rewound).Max(one => one.Value)));
        Assert.All(changes, change => Assert.False(seen.ContainsKey((change.Id, change.Epoch))));
        output.WriteLine(
            $"{callers.Answered} commands answered ({callers.Summary}), {kept.Count} events in the backup, {lost.Count} lost; "
            + $"{changes.Count} changes with numbers of lost ones, all of the epoch {epochs[0].Item1}");
    }

    [PgDumpFact]
    public async Task A_backup_that_cannot_be_restored_says_why_and_restores_nothing()
    {
        var servers = await Servers.Get();
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "registry.dump");
        var full = await servers.NewDatabase();
        await Backup("dump", file, full);
        Assert.Contains("choose another name", await Backup("dump", file, full, fails: true), StringComparison.Ordinal);
        Assert.Contains("restore into an empty database", await Backup("restore", file, full, fails: true), StringComparison.Ordinal);
        var empty = await servers.EmptyDatabase();
        await using (var broken = File.OpenWrite(file)) broken.SetLength(broken.Length / 2);
        Assert.Contains("error: ", await Backup("restore", file, empty, fails: true), StringComparison.Ordinal);
        await using var connection = new NpgsqlConnection(empty);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from pg_namespace where nspname = 'registry'", connection);
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    // What a consumer remembers: the highest version of each object and epoch.
    private static Dictionary<(string Id, string Epoch), int> Memory(IEnumerable<Change> changes) => changes
        .GroupBy(change => (change.Id, change.Epoch)).ToDictionary(same => same.Key, same => same.Max(change => change.Version));

    private static async Task<IReadOnlyList<Committed>> Stored(RunningService service, HashSet<string> ids) =>
        [.. (await service.Committed()).Where(one => ids.Contains(one.ObjectId))];

    private static async Task<string> Backup(string command, string file, string database, bool fails = false)
    {
        var to = new NpgsqlConnectionStringBuilder(database);
        var start = new ProcessStartInfo(
            Path.Combine(Repository.Root, "deploy", "backup"),
            [command, file, $"host={to.Host} port={to.Port} user={to.Username} dbname={to.Database}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = to.Password;
        using var process = Process.Start(start)!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Eventually.Ends($"deploy/backup {command}", process.WaitForExitAsync());
        var all = $"{await said}{await complained}".Trim();
        Assert.True(process.ExitCode == 0 == !fails, all);
        return all;
    }
}

/// <summary>A test that needs the client programs of PostgreSQL; skipped where they are missing.</summary>
internal sealed class PgDumpFactAttribute : FactAttribute
{
    public PgDumpFactAttribute() => Skip =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "pg_dump")))
            ? null : "pg_dump is missing: install postgresql-client";
}
