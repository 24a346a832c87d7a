using Npgsql;
using VirtualServers.Service.Tests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace VirtualServers.Service.Tests;

/// <summary>The service under a role that owns nothing, to which <c>schema grant</c> has given what serving needs.</summary>
public sealed class ServingRoleTests
{
    private const string Role = "serving only"; // a name that must be quoted

    [Fact]
    public async Task A_role_that_may_only_append_events_serves_everything()
    {
        var servers = await Servers.Get();
        var owner = await servers.NewDatabase();
        var serving = await Granted(owner);
        await using var service = await ServiceProcess.Start(serving, servers.RabbitMq, "Production");
        await service.Reports("readiness", Serving);
        await TestInventory.Register(service);

        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, RequestId = Guid.NewGuid().ToString() });
        await service.VirtualServers.UpdateVirtualServerAsync(
            new() { Id = server.Id, VirtualServer = new() { Description = "new" }, UpdateMask = new() { Paths = { "description" } } });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = server.Id });
        var listed = await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 });
        Assert.Equal(server.Id, listed.VirtualServers.Single().Id);
        var history = await service.Past.ListVersionsAsync(new() { Target = new() { Id = server.Id } });
        Assert.Equal(5, history.Versions.Count);
        // The feed reads, announces, and moves its checkpoint.
        await service.Reports("announcements", Serving);
        await Eventually.IsSo("an announcement of the last event", async () =>
            await Scalar<bool>(owner,
                "select bool_or(last_seq_id >= (select max(seq_id) from registry.mt_events)) from registry.mt_event_progression "
                + "where name <> 'HighWaterMark'"));
        var (exitCode, output) = await service.Terminate();
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("permission denied", output, StringComparison.Ordinal);

        // A rebuild by the owner keeps the grants.
        (exitCode, output) = await ServiceProcess.Ends(ServiceProcess.Settings(owner, servers.RabbitMq, "Production"), "rebuild");
        Assert.True(exitCode == 0, output);
        await using var again = await ServiceProcess.Start(serving, servers.RabbitMq, "Production");
        await TestInventory.Create(again);
    }

    [Theory]
    [InlineData("update registry.mt_events set data = '{}'")]
    [InlineData("delete from registry.mt_events")]
    [InlineData("truncate registry.mt_events")]
    [InlineData("delete from registry.mt_streams")]
    [InlineData("update registry.page_token_key set key = ''")]
    [InlineData("alter table registry.mt_events disable trigger all")]
    [InlineData("drop table registry.mt_events")]
    [InlineData("create table registry.mine (id integer)")]
    [InlineData("create schema mine")]
    public async Task The_role_cannot_change_events_or_the_schema(string sql)
    {
        var serving = await Granted(await (await Servers.Get()).NewDatabase());
        Assert.NotNull(await Scalar<object>(serving, "select count(*) from registry.mt_events"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Scalar<object>(serving, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory]
    [InlineData("nobody", "there is no role \"nobody\": create it, with a password and login")]
    [InlineData(null, "the role \"{0}\" ")]
    public async Task A_role_that_cannot_be_limited_is_refused_in_one_line(string? role, string sentence)
    {
        var servers = await Servers.Get();
        var owner = await servers.NewDatabase();
        role ??= new NpgsqlConnectionStringBuilder(owner).Username!;
        var (exitCode, output) = await ServiceProcess.Ends(ServiceProcess.Settings(owner, servers.RabbitMq), "schema", "grant", role);
        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"virtualserver can't execute schema grant {role}: "
            + string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, role), output, StringComparison.Ordinal);
    }

    // A connection string for a role of this name in the database of the owner.
    private static async Task<string> Granted(string owner)
    {
        var servers = await Servers.Get();
        await servers.Execute(
            $"""
            do $$ begin
                create role "{Role}" login password 'serving';
            exception when duplicate_object or unique_violation then null;
            end $$
            """);
        var (exitCode, output) = await ServiceProcess.Ends(ServiceProcess.Settings(owner, servers.RabbitMq), "schema", "grant", Role);
        Assert.True(exitCode == 0, output);
        return new NpgsqlConnectionStringBuilder(owner) { Username = Role, Password = "serving" }.ConnectionString;
    }

    private static async Task<T> Scalar<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
