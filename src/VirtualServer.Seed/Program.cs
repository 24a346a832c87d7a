using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.V1;

if (args is not [var address, var path])
{
    Console.Error.WriteLine("usage: VirtualServer.Seed ADDRESS FILE      for instance: http://127.0.0.1:5210 deploy/seed.json");
    return 2;
}

using var channel = GrpcChannel.ForAddress(address);
using var file = JsonDocument.Parse(await File.ReadAllTextAsync(path));
var metadata = new Metadata { { "x-actor", "seed" } };

// What other systems own, in one stream. The same content again changes nothing.
var inventory = new InventoryService.InventoryServiceClient(channel);
using var upserts = inventory.UpsertInventoryObjects(metadata);
foreach (var json in file.RootElement.GetProperty("inventory").EnumerateArray())
{
    var known = JsonParser.Default.Parse<InventoryObject>(json.GetRawText());
    await upserts.RequestStream.WriteAsync(new() { Request = new() { InventoryObject = known, Reason = "seed" } });
}

await upserts.RequestStream.CompleteAsync();
var stored = await upserts;
foreach (var refused in stored.Refused) Console.Error.WriteLine($"inventory[{refused.Index}]: {refused.Message}");
Console.WriteLine($"inventory: {stored.RegisteredCount} registered, {stored.ChangedCount} changed, {stored.UnchangedCount} as they were, {stored.RefusedCount} refused");

// Virtual servers have fixed ids in the file: one that is there already is left alone, also when somebody has changed it since.
var virtualServers = new VirtualServerService.VirtualServerServiceClient(channel);
var (present, kept) = (0, 0);
foreach (var json in file.RootElement.GetProperty("virtualServers").EnumerateArray())
{
    var wanted = JsonParser.Default.Parse<VirtualServer>(json.GetRawText());
    try
    {
        await virtualServers.CreateVirtualServerAsync(new() { VirtualServer = wanted, Reason = "seed" }, metadata);
        present++;
    }
    catch (RpcException exception) when (exception.StatusCode == StatusCode.AlreadyExists)
    {
        kept++;
        Console.WriteLine($"{wanted.Name}: left as it is: {exception.Status.Detail}");
    }
}

Console.WriteLine($"virtual servers: {present} as in the file, {kept} left as they are");
return stored.RefusedCount == 0 ? 0 : 1;
