using VirtualServers.Service;
using VirtualServers.Service.Store;

await using var app = Composition.Build(args);
if (await DatabaseSchema.RunCommand(app, args)) return;
await DatabaseSchema.Prepare(app);
await app.RunAsync();
