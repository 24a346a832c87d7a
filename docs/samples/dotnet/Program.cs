// Creates, gets and lists a virtual server, and reads the details of a refusal.
//
// usage: dotnet run -- ADDRESS [CA_FILE TOKEN]
using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Client;
using VirtualServers.V1;

var services = new ServiceCollection().AddVirtualServerClients(options =>
{
    options.Address = new(args[0]);
    options.Actor = () => "sample";
    if (args.Length < 3) return;
    options.CaFile = args[1];
    options.Token = _ => new(args[2]);
});
await using var provider = services.BuildServiceProvider();
var inventory = provider.GetRequiredService<InventoryService.InventoryServiceClient>();
var virtualServers = provider.GetRequiredService<VirtualServerService.VirtualServerServiceClient>();

var (name, vip, device) = ($"sample-{Guid.NewGuid()}", $"10.{string.Join('.', RandomNumberGenerator.GetBytes(3))}", "sample-lb");
await inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { IpAddress = new() { Address = vip } } });
await inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { Device = new() { Name = device } } });

var wanted = new VirtualServer
{
    Name = name, Vip = new() { Name = vip }, Port = 443, Protocol = Protocol.Https, LoadBalancerType = LoadBalancerType.Layer7,
    Device = new() { Name = device },
};
// The client adds the request_id, which all attempts of the call share.
var created = await virtualServers.CreateVirtualServerAsync(new() { VirtualServer = wanted, Reason = "sample" });
Console.WriteLine($"created {created.VirtualServer.Name}");

var got = await virtualServers.GetVirtualServerAsync(new() { Name = name });
Console.WriteLine($"got {got.VirtualServer.Name} version {got.VirtualServer.Version}");

var request = new ListVirtualServersRequest { PageSize = 1, Filter = new() { Names = { name } } };
do
{
    var page = await virtualServers.ListVirtualServersAsync(request);
    foreach (var listed in page.VirtualServers) Console.WriteLine($"listed {listed.Name} port {listed.Port}");
    request.PageToken = page.NextPageToken;
}
while (request.PageToken.Length > 0);

try
{
    wanted.Port = 70000;
    await virtualServers.CreateVirtualServerAsync(new() { VirtualServer = wanted });
}
catch (RpcException failure) when (failure.AsRefusal() is { } refusal)
{
    Console.WriteLine($"refused {refusal.Code} {refusal.ReasonName}");
    foreach (var violation in refusal.FieldViolations) Console.WriteLine($"field {violation.Field} {violation.ReasonName}");
}
