using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>A filled registry and a service on it.</summary>
internal sealed class Place(Population population, ServiceUnderTest service, NpgsqlDataSource source)
{
    public const int PageSize = 100;

    private readonly PageTokens tokens = new(
        source, new Epochs(source, new StoreState(), TimeProvider.System, NullLogger<Epochs>.Instance));

    // By the bytes of the request: equality of messages ignores whether an optional field is set.
    private readonly Dictionary<ByteString, string> farEnds = [];

    public Population Population => population;

    public ServiceUnderTest Service => service;

    /// <summary>The time at which half of the virtual servers had been changed once, of three times.</summary>
    public Timestamp Middle => population.Middle.ToTimestamp();

    /// <summary>The time at which ten virtual servers existed.</summary>
    public Timestamp Early => population.Early.ToTimestamp();

    /// <summary>The first page of a list.</summary>
    public async Task<int> FirstPage(ListVirtualServersRequest request) =>
        (await service.Servers.ListVirtualServersAsync(request)).VirtualServers.Count;

    /// <summary>The last page of a list, full unless it is the only one.</summary>
    public async Task<int> LastPage(ListVirtualServersRequest request)
    {
        var list = request.ToByteString();
        if (!farEnds.TryGetValue(list, out var token)) farEnds[list] = token = await FarEnd(request);
        return await FirstPage(new(request) { PageToken = token });
    }

    // The end of the first page in reverse is where the last page begins. Its place, with the identity of the list itself, is the token.
    private async Task<string> FarEnd(ListVirtualServersRequest request)
    {
        var order = request.OrderBy.Length == 0 ? "name" : request.OrderBy;
        var reversed = new ListVirtualServersRequest(request) { OrderBy = string.Join(',', order.Split(',').Select(Reversed)) };
        if (await Token(request) is not { } list || await Token(reversed) is not { } end) return "";
        var keys = end["Keys"]!.AsArray();
        (list["Keys"], list["Id"]) = (keys.DeepClone(), end["Id"]!.DeepClone());
        return await tokens.Write(list, Tenants.All, CancellationToken.None);
    }

    private static string Reversed(string key) =>
        key.EndsWith(" desc", StringComparison.Ordinal) ? key[..^" desc".Length] : $"{key} desc";

    // Null when the first page is the only one.
    private async Task<JsonObject?> Token(ListVirtualServersRequest request)
    {
        var token = (await service.Servers.ListVirtualServersAsync(request)).NextPageToken;
        return token.Length == 0 ? null : await tokens.Read<JsonObject>(token, Tenants.All, _ => true, [], CancellationToken.None);
    }
}
