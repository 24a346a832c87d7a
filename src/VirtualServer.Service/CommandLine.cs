using System.CommandLine;
using VirtualServers.Service.Api;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Http;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service;

/// <summary>
/// The command line: without a command the service serves; the commands work on its database, its settings or its process. Settings follow
/// as <c>--Name=value</c>, as they do for the service.
/// </summary>
public static class CommandLine
{
    private const string Reason = "--reason";

    private static readonly string[] Questions = ["--help", "-h", "-?", "--version"];

    /// <summary>Whether the arguments are a command, and not those of a service that serves.</summary>
    public static bool IsCommand(string[] arguments) =>
        arguments is [var first, ..] && (!first.StartsWith('-') || Questions.Contains(first));

    /// <summary>What the arguments ask for, for messages: <c>start</c>, or a command.</summary>
    public static string Purpose(string[] arguments) =>
        IsCommand(arguments) ? $"execute {string.Join(' ', arguments.TakeWhile(argument => !argument.StartsWith('-')))}" : "start";

    /// <summary>Executes a command: the exit code.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        var settings = arguments.Where(IsSetting).ToArray();
        var root = new RootCommand(
            "The registry of load-balancer virtual servers. Without a command, it serves. Settings follow as --Name=value, for instance "
            + "--Urls=http://127.0.0.1:5210, with every command; docs/configuration.md lists them.")
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
            new Command("epoch", "Works on the epochs of the registry: a restored database must begin a new one.")
            {
                Does("show", "Prints every epoch, the current one first.", settings, async app =>
                {
                    await DatabaseSchema.Expect(app.Services);
                    var source = app.Services.GetRequiredService<Maintenance>().Source;
                    await DatabaseSchema.Do(async () =>
                    {
                        foreach (var epoch in await Epochs.Of(source, CancellationToken.None)) Console.WriteLine(epoch);
                    });
                }),
                NewEpoch(settings),
            },
            Answers(
                "check-config", "Checks every setting without connecting to a server. Exit code 1 and a sentence for each mistake.",
                _ => CheckSettings(settings)),
            Health(settings),
            Prints("openapi", "Prints the OpenAPI document of the paths of JSON over HTTP.", () => OpenApi.Text),
            Prints("asyncapi", "Prints the AsyncAPI document of the messages on RabbitMQ.", () => AsyncApi.Text),
            Prints("change-schema", "Prints the JSON Schema of the body of the messages on RabbitMQ.", () => ChangeSchema.Text),
        };
        var parsed = root.Parse(arguments.Except(settings).ToArray());
        return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
    }

    private static bool IsSetting(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains('=')
        && !argument.StartsWith($"{Reason}=", StringComparison.Ordinal);

    private static Command Prints(string name, string description, Func<string> text) => Answers(name, description, _ =>
    {
        Console.WriteLine(text());
        return Task.FromResult(0);
    });

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

    private static Command NewEpoch(string[] settings)
    {
        var reason = new Option<string>(Reason) { Description = "Why: for instance, which backup was restored.", Required = true };
        var command = new Command("new", "Begins an epoch, after a restore that the service does not notice by itself.") { reason };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var app = Composition.Build(settings, serves: false);
            await DatabaseSchema.Expect(app.Services);
            await DatabaseSchema.Do(async () => Console.WriteLine(await Epochs.Begin(
                app.Services.GetRequiredService<Maintenance>().Source, parsed.GetRequiredValue(reason), cancellation)));
        });
        return command;
    }

    private static Task<int> CheckSettings(string[] settings)
    {
        var mistakes = Settings.Mistakes(Composition.Configuration(settings));
        foreach (var mistake in mistakes) Console.WriteLine(mistake);
        if (mistakes.Count == 0) Console.WriteLine("the settings are valid");
        return Task.FromResult(mistakes.Count == 0 ? 0 : 1);
    }

    private static Command Health(string[] settings)
    {
        var name = new Argument<string>("name")
        {
            Description = "A name of grpc.health.v1 that docs/configuration.md lists.",
            DefaultValueFactory = _ => Telemetry.Health.Readiness,
        };
        var command = Answers("health", "Asks the service at the first address of Urls. Exit code 1 if it is not serving.", async parsed =>
        {
            var (serving, answer) = await HealthQuestion.Ask(
                Addresses.Nearby(Composition.Configuration(settings)), parsed.GetRequiredValue(name));
            Console.WriteLine(answer);
            return serving ? 0 : 1;
        });
        command.Add(name);
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

    private static Command Does(string name, string description, string[] settings, Func<WebApplication, Task<int>> work) =>
        Answers(name, description, async _ =>
        {
            await using var app = Composition.Build(settings, serves: false);
            return await work(app);
        });

    private static Command Answers(string name, string description, Func<ParseResult, Task<int>> work)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, _) => work(parsed));
        return command;
    }
}
