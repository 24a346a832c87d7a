using System.Text;
using System.Text.Json;
using VirtualServers.Benchmarks.Data;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>
/// What the statements of the service read, by PostgreSQL's auto_explain: it writes the plan of every statement, with the rows and blocks
/// of its execution, to the server's log.
/// </summary>
internal sealed class ExplainedStatements(Database database)
{
    // Statements that the service sends on its own while it is idle.
    private static readonly string[] Background = ["mt_event_progression", "mt_events_sequence", "mt_high_water", "registry.requests"];

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Starts or ends explaining, for the sessions of the whole server.</summary>
    public async Task Set(bool isOn)
    {
        foreach (var (name, value) in new[]
        {
            ("log_analyze", "on"), ("log_buffers", "on"), ("log_timing", "off"), ("log_format", "json"),
            ("log_nested_statements", "on"), ("log_min_duration", "0"),
        })
            await database.Execute(isOn ? $"alter system set auto_explain.{name} = '{value}'" : $"alter system reset auto_explain.{name}");
        await database.Execute("select pg_reload_conf()");
        // A session reads the settings before its next statement; the signal to do so takes a moment.
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    /// <summary>The work of the statements of a call.</summary>
    public async Task<Work> Of(Func<Task> call)
    {
        var file = await database.Scalar<string>("select pg_current_logfile('jsonlog')");
        // The end may be within a line of another session, so the last byte is read again, and what follows the next end of a line counts.
        var start = await database.Scalar<long>($"select greatest(size - 1, 0) from pg_stat_file('{file}')");
        await call();
        // The log is written by a process of its own, in the order of the statements. The service sends some while it is idle.
        var marker = $"{Guid.NewGuid()}";
        await database.Execute($"select '{marker}'");
        var log = "";
        while (!log.Contains(marker, StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
            log = Encoding.UTF8.GetString(await database.Scalar<byte[]>(
                $"select pg_read_binary_file('{file}', {start}, size - {start}) from pg_stat_file('{file}')"));
        }

        var plans = log[(log.IndexOf('\n') + 1)..log.LastIndexOf('\n')].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(PlanOf).OfType<JsonElement>().ToList();
        return new(
            plans.Sum(plan => RowsOf(plan.GetProperty("Plan"))),
            plans.Select(plan => plan.GetProperty("Plan"))
                .Sum(plan => Number(plan, "Shared Hit Blocks") + Number(plan, "Shared Read Blocks")),
            string.Join("\n", plans.Select(plan => JsonSerializer.Serialize(plan, Readable))));
    }

    private JsonElement? PlanOf(string line)
    {
        using var entry = JsonDocument.Parse(line);
        if (entry.RootElement.GetProperty("message").GetString() is not { } message
            || !entry.RootElement.TryGetProperty("dbname", out var name) || name.GetString() != database.Name
            || !entry.RootElement.TryGetProperty("application_name", out var program) || program.GetString() != "virtualserver"
            || message.IndexOf("plan:", StringComparison.Ordinal) is var at && at < 0)
            return null;
        var plan = JsonDocument.Parse(message[(at + "plan:".Length)..]).RootElement;
        var text = plan.GetProperty("Query Text").GetString()!;
        return !text.Contains("registry.", StringComparison.Ordinal) || Array.Exists(Background, text.Contains) ? null : plan;
    }

    // The rows that scans of tables read, those that a condition then rejected included.
    private static double RowsOf(JsonElement node)
    {
        var below = node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().Sum(RowsOf) : 0;
        if (!node.TryGetProperty("Relation Name", out _) || node.GetProperty("Node Type").GetString() == "ModifyTable") return below;
        return below + Number(node, "Actual Loops")
            * (Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Index Recheck"));
    }

    private static double Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}

/// <summary>The work of statements.</summary>
/// <param name="Rows">The rows that were read from tables and indexes.</param>
/// <param name="Blocks">The blocks of 8 kB that were looked at, in the buffers or on the disk.</param>
/// <param name="Plans">The plans, as JSON.</param>
internal sealed record Work(double Rows, double Blocks, string Plans);
