using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The lines of the log: JSON in production, text in development, and no stack trace of what is foreseen.</summary>
public sealed class LogFormatTests
{
    [Fact]
    public void An_entry_is_one_line_of_JSON_with_time_level_event_trace_values_scope_and_exception()
    {
        using var activity = new Activity("call").Start();
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(new Dictionary<string, object?> { ["RequestPath"] = "/x" });
        var state = new[]
        {
            KeyValuePair.Create("Count", (object?)3), KeyValuePair.Create("Name", (object?)"ä \"b\"\n"),
            KeyValuePair.Create("{OriginalFormat}", (object?)"{Count} {Name}"),
        };
        using var written = new StringWriter();
        new JsonLines().Write(
            new LogEntry<KeyValuePair<string, object?>[]>(
                LogLevel.Warning, "Category", new EventId(7, "Event"), state, new InvalidOperationException("why"),
                (_, _) => "3 ä \"b\"\n"),
            scopes, written);

        Assert.Equal(1, written.ToString().Count(letter => letter == '\n'));
        Assert.Contains("ä", written.ToString(), StringComparison.Ordinal);
        var json = JsonDocument.Parse(written.ToString()).RootElement;
        Assert.True(json.GetProperty("time").GetDateTimeOffset().Offset == TimeSpan.Zero);
        Assert.Equal(
            ("Warning", "Category", "Event", "3 ä \"b\"\n", activity.TraceId.ToHexString(), activity.SpanId.ToHexString()),
            (Text("level"), Text("category"), Text("event"), Text("message"), Text("trace_id"), Text("span_id")));
        Assert.Equal("""{"Count":3,"Name":"ä \"b\"\n"}""", json.GetProperty("values").GetRawText());
        Assert.Equal("""{"RequestPath":"/x"}""", json.GetProperty("scope").GetRawText());
        Assert.Contains("InvalidOperationException: why", Text("exception"), StringComparison.Ordinal);

        string Text(string name) => json.GetProperty(name).GetString()!;
    }

    [Fact]
    public void An_entry_of_text_is_one_line_whatever_it_contains()
    {
        using var written = new StringWriter();
        new TextLines().Write(
            new LogEntry<string>(LogLevel.Error, "Category", default, "a\nb\r\nc", null, (state, _) => state), null, written);
        Assert.Matches("^[0-9:.]{12}Z error Category: a b c\n$", written.ToString());
    }

    [Fact]
    public void A_library_reports_an_outage_or_a_cancellation_without_a_stack_trace_and_anything_else_with_one()
    {
        var log = new LogLines();
        using var loggers = new LibraryLogs(LoggerFactory.Create(builder => builder.AddProvider(log).SetMinimumLevel(LogLevel.Debug)));
        var outage = new AggregateException(new NpgsqlException("refused"));
        var (library, own) = (loggers.CreateLogger("Marten.Events"), loggers.CreateLogger("MartenFan"));
#pragma warning disable CA1848, CA2254
        library.LogError(outage, "high water");
        library.LogError(new InvalidOperationException("odd"), "high water");
        own.LogError(outage, "high water");
        library.LogError(new TaskCanceledException(), "publish");
#pragma warning restore CA1848, CA2254
        Assert.Equal("Marten.Events Debug: high water: refused ", log.All[0]);
        Assert.StartsWith("Marten.Events Error: high water System.InvalidOperationException: odd", log.All[1], StringComparison.Ordinal);
        Assert.StartsWith("MartenFan Error: high water System.AggregateException", log.All[2], StringComparison.Ordinal);
        Assert.Equal("Marten.Events Debug: publish: A task was canceled. ", log.All[3]);
    }

    [Fact]
    public async Task In_production_each_line_is_JSON_a_refusal_is_one_line_with_its_trace_and_outages_of_both_servers_have_no_stack_trace()
    {
        var servers = await Servers.Get();
        await using var postgres = servers.PostgresProxy();
        await using var broker = servers.RabbitMqProxy();
        var settings = ServiceProcess.Settings(
            Servers.Through(postgres, await servers.NewDatabase()), Servers.Through(broker, servers.RabbitMq), "Production");
        await using var service = await ServiceProcess.Start(settings);
        await service.Reports("readiness", Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving);
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => service.VirtualServers.GetVirtualServerAsync(new() { Name = "no-such-name" }).ResponseAsync);
        var refusal = Assert.Single(Lines(), line => line.GetRawText().Contains("no-such-name", StringComparison.Ordinal));
        Assert.Equal(("Information", "Refused"), (refusal.GetProperty("level").GetString(), refusal.GetProperty("event").GetString()));
        Assert.Matches("^[0-9a-f]{32}$", refusal.GetProperty("trace_id").GetString());

        broker.Cut();
        postgres.Cut();
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(
                () => service.VirtualServers.GetVirtualServerAsync(new() { Name = "no-such-name" }).ResponseAsync);
        string[] what = ["Access to PostgreSQL by calls", "The check postgresql", "The check rabbitmq"];
        await Told("fails: ");
        broker.Restore();
        postgres.Restore();
        await Eventually.Get("a call that is answered", async () =>
        {
            try
            {
                await service.VirtualServers.ListVirtualServersAsync(new());
                return true;
            }
            catch (Grpc.Core.RpcException)
            {
                return false;
            }
        }, answered => answered);
        await Told("succeeds again after ");

        Assert.All(Lines(), line => Assert.False(line.TryGetProperty("exception", out _), line.GetRawText()));

        Task Told(string end) => Eventually.Get(
            $"lines with {end}", () => service.Output,
            _ => what.All(one => Messages().Count(message => message.StartsWith($"{one} {end}", StringComparison.Ordinal)) == 1),
            output => output);

        IEnumerable<string> Messages() => Lines().Select(line => line.GetProperty("message").GetString()!);
        List<JsonElement> Lines() =>
            [.. service.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
