using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>The service with authentication by tokens, compared with the service without.</summary>
internal static class Secured
{
    private const int Concurrent = 64;

    public static IEnumerable<Row> Of(Stage stage) =>
    [
        Of("jwt-create-64", "CreateVirtualServer with a bearer token", async (secure, span) => secure
            ? await Creates.Service(stage, await stage.Secure, Concurrent, span)
            : await Creates.Service(stage, await stage.Service, Concurrent, span)),
        Of(
            "jwt-get-id-64",
            "GetVirtualServer by id with a bearer token",
            async (secure, span) => await Get(stage, (secure ? await stage.Secure : await stage.Service).Servers, span),
            // The share of the token itself, which the client writes and the service reads with every call.
            new Contender("the service without authentication, which is sent the same token", async span =>
                await Get(stage, new((await stage.Service).Sending(stage.Token())), span))),
    ];

    private static async Task<Sample> Get(Stage stage, VirtualServerService.VirtualServerServiceClient servers, TimeSpan span) =>
        (await Gets.Get(stage, servers, Concurrent, span, Request)).Sample;

    private static GetVirtualServerRequest Request(int number) => new() { Id = Numbered.ServerId(number) };

    private static Row Of(
        string name,
        string what,
        Func<bool, TimeSpan, Task<Sample>> measure,
        params IEnumerable<Contender> others) => new(
        name, $"{what}, {Callers.Words(Concurrent)}", "calls/s", false,
        new("service", span => measure(true, span)),
        [new Contender("the service without authentication", span => measure(false, span)), .. others])
    {
        Targets = [new("ratio to the service without", result => result.Ratio(0).Median, 0.97)],
    };
}
