using System.CommandLine;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service;

/// <summary>
/// The command line: without a command the service serves; the commands work on its database. Settings follow as <c>--Name=value</c>, as
/// they do for the service.
/// </summary>
public static class CommandLine
{
    private static readonly string[] Questions = ["--help", "-h", "-?", "--version"];

    /// <summary>Whether the arguments are a command, and not those of a service that serves.</summary>
    public static bool IsCommand(string[] arguments) =>
        arguments is [var first, ..] && (!first.StartsWith('-') || Questions.Contains(first));

    /// <summary>Executes a command: the exit code.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        var settings = arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains('=')).ToArray();
        var root = new RootCommand("The registry of load-balancer virtual servers. Without a command, it serves.")
        {
            new Command("schema", "Works on the database schema.")
            {
                Does("apply", "Brings the schema up to date.", settings, async app =>
                {
                    await DatabaseSchema.Apply(app.Services);
                    if (!await ReadModelVersions.Match(app.Services)) Console.WriteLine(ReadModelVersions.Outdated);
                }),
                Does("status", "Prints the applied and the missing migrations. Exit code 1 if any are missing.", settings, async app =>
                {
                    var status = await DatabaseSchema.Status(app.Services);
                    foreach (var line in status.Lines) Console.WriteLine(line);
                    return status.IsCurrent ? 0 : 1;
                }),
                Grant(settings),
                Does("script", "Prints the SQL that brings the schema up to date, without executing it.", settings, async app =>
                    Console.WriteLine(await DatabaseSchema.Script(app.Services))),
            },
            Does(
                "rebuild", "Writes the read models anew from the events, while the service serves. Continues an interrupted rebuild.",
                settings, async app =>
                {
                    await DatabaseSchema.Expect(app.Services);
                    if (!await app.Services.GetRequiredService<Rebuild>().TryRun(Console.WriteLine, CancellationToken.None))
                        throw new StartupException("the read models are being rebuilt by another process: wait for its end");
                }),
            Does("verify", "Compares the read models with the events, and prints the differences. Exit code 1 if there are any.", settings,
                Verify),
        };
        var parsed = root.Parse(arguments.Except(settings).ToArray());
        return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
    }

    private static Command Grant(string[] settings)
    {
        var role = new Argument<string>("role") { Description = "The role that the service connects with." };
        var command = new Command("grant", "Gives a role that owns nothing the rights to serve: events can be read and appended only.")
        {
            role,
        };
        command.SetAction(async (parsed, _) =>
        {
            await using var app = Composition.Build(settings, serves: false);
            await Grants.Give(app.Services, parsed.GetRequiredValue(role));
        });
        return command;
    }

    private static async Task<int> Verify(WebApplication app)
    {
        await DatabaseSchema.Expect(app.Services);
        await ReadModelVersions.Expect(app.Services);
        var differences = 0L;
        var events = await app.Services.GetRequiredService<Verification>().Run(
            difference =>
            {
                differences++;
                Console.WriteLine(difference);
            },
            CancellationToken.None);
        Console.WriteLine($"compared the read models with {events} events: {differences} differences");
        return differences == 0 ? 0 : 1;
    }

    private static Command Does(string name, string description, string[] settings, Func<WebApplication, Task> work) =>
        Does(name, description, settings, async app =>
        {
            await work(app);
            return 0;
        });

    private static Command Does(string name, string description, string[] settings, Func<WebApplication, Task<int>> work)
    {
        var command = new Command(name, description);
        command.SetAction(async (_, _) =>
        {
            await using var app = Composition.Build(settings, serves: false);
            return await work(app);
        });
        return command;
    }
}
