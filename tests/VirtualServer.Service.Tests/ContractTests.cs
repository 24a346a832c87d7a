using System.Diagnostics;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using VirtualServers.Service.Api;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The contract keeps what a release promised: protos/released has the descriptor set of each.</summary>
public sealed partial class ContractTests
{
    // The intended breaks, in the words of buf; CHANGELOG.md tells them to callers.
    private static readonly string[] Intended =
    [
        // The wire format is the same. A version counts the changes of one object and needs no 64 bits, which JSON would write as a string.
        .. new[] { ("CertificateProfile", 30), ("Change", 7), ("HealthCheckMonitor", 30), ("InventoryObject", 30), ("LoadBalancerPool", 30),
                ("VirtualServer", 30) }
            .Select(field =>
                $"Field \"{field.Item2}\" with name \"version\" on message \"{field.Item1}\" changed type from \"int64\" to \"int32\"."),
        // The wire format is the same. A member keeps its label when a request omits it.
        "Field \"5\" with name \"label\" on message \"PoolMember\" changed cardinality from \"optional with implicit presence\" to "
            + "\"optional with explicit presence\".",
    ];

    public static TheoryData<string> Releases => [.. Directory.GetFiles(Folder, "*.binpb").Select(path => Path.GetFileName(path)).Order()];

    private static string Folder => Path.Combine(Repository.Root, "protos", "released");

    [Theory, MemberData(nameof(Releases))]
    public void The_contract_of_a_release_is_kept_but_for_intended_breaks(string release) =>
        Assert.Equal(Intended.Order(), Breaks(Released(release), Current()).Order());

    [BufTheory, MemberData(nameof(Releases))]
    public async Task Buf_finds_no_other_breaks(string release)
    {
        var (program, arguments) = BufTheoryAttribute.Command!.Value;
        using var buf = Process.Start(new ProcessStartInfo(program, [.. arguments, "breaking", "--against", $"released/{release}"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "protos"), RedirectStandardOutput = true,
        })!;
        var output = await buf.StandardOutput.ReadToEndAsync();
        await buf.WaitForExitAsync();
        Assert.Equal(
            Intended.Order(),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Place().Replace(line, "")).Order());
    }

    public static TheoryData<string, Action<FileDescriptorSet>> Injuries => new()
    {
        { "field 1 of Change", set => Message(set, "Change").Field.RemoveAt(0) },
        { "number of a field", set => Message(set, "Change").Field[0].Number = 999 },
        { "name of a field", set => Message(set, "Change").Field[0].Name = "another" },
        { "type of a field", set => Message(set, "Change").Field[0].Type = FieldDescriptorProto.Types.Type.Bool },
        { "label of a field", set => Message(set, "Change").Field[0].Label = FieldDescriptorProto.Types.Label.Repeated },
        { "a message", set => File(set, "change.proto").MessageType.Remove(Message(set, "Change")) },
        { "a value of an enum", set => File(set, "error_reason.proto").EnumType[0].Value.RemoveAt(1) },
        { "number of a value", set => File(set, "error_reason.proto").EnumType[0].Value[1].Number = 999 },
        { "a method", set => File(set, "usage_service.proto").Service[0].Method.RemoveAt(0) },
        { "the request of a method", set => File(set, "usage_service.proto").Service[0].Method[0].InputType = ".x.Other" },
        { "streaming of a method", set => File(set, "usage_service.proto").Service[0].Method[0].ServerStreaming = true },
        { "a service", set => File(set, "usage_service.proto").Service.RemoveAt(0) },
    };

    [Theory, MemberData(nameof(Injuries))]
    public void A_break_is_noticed(string what, Action<FileDescriptorSet> injure)
    {
        var injured = Current();
        injure(injured);
        Assert.True(Breaks(Current(), injured).Count > 0, what);
        Assert.Empty(Breaks(Current(), Current()));
    }

    private static DescriptorProto Message(FileDescriptorSet set, string name) =>
        set.File.SelectMany(file => file.MessageType).Single(message => message.Name == name);

    private static FileDescriptorProto File(FileDescriptorSet set, string name) =>
        set.File.Single(file => file.Name.EndsWith($"/{name}", StringComparison.Ordinal));

    private static FileDescriptorSet Released(string release)
    {
        var set = FileDescriptorSet.Parser.ParseFrom(System.IO.File.ReadAllBytes(Path.Combine(Folder, release)));
        return new() { File = { set.File.Where(file => file.Package == "virtualserver.v1") } };
    }

    // Every file that a service needs, and change.proto, which is announced and not called.
    private static FileDescriptorSet Current()
    {
        var files = new Dictionary<string, FileDescriptorProto>();
        void Add(FileDescriptor file)
        {
            if (file.Package != "virtualserver.v1" || !files.TryAdd(file.Name, file.ToProto())) return;
            foreach (var dependency in file.Dependencies) Add(dependency);
        }

        foreach (var service in ReflectedServices.Contract) Add(service.File);
        Add(V1.ChangeReflection.Descriptor);
        Add(V1.ErrorReasonReflection.Descriptor);
        return new() { File = { files.Values } };
    }

    private static List<string> Breaks(FileDescriptorSet old, FileDescriptorSet now)
    {
        var (before, after) = (Parts(old), Parts(now));
        return [.. before.Where(part => after.GetValueOrDefault(part.Key) != part.Value)
            .SelectMany(part => Sentences(part.Key, part.Value, after.GetValueOrDefault(part.Key)))];
    }

    // A changed type or cardinality in the words of buf, everything else in ours.
    private static IEnumerable<string> Sentences(string key, string was, string? now)
    {
        var (before, after) = (was.Split('|'), now?.Split('|'));
        if (after is null || before.Length < 4 || before[0] != after[0])
        {
            yield return $"{key} was {was} and is {now ?? "gone"}.";
            yield break;
        }

        var names = key.Split(' ');
        var field = $"Field \"{names[2]}\" with name \"{before[0]}\" on message \"{names[1]}\" changed";
        if (before[1] != after[1]) yield return $"{field} type from \"{before[1]}\" to \"{after[1]}\".";
        if (before[2] != after[2]) yield return $"{field} cardinality from \"{before[2]}\" to \"{after[2]}\".";
        if (before[3] != after[3]) yield return $"{field} oneof from \"{before[3]}\" to \"{after[3]}\".";
    }

    // Everything that callers rely on: what it is, by what identifies it on the wire.
    private static Dictionary<string, string> Parts(FileDescriptorSet set)
    {
        var parts = new Dictionary<string, string>();
        foreach (var file in set.File)
        {
            foreach (var message in file.MessageType) AddMessage(message, message.Name);
            foreach (var type in file.EnumType) AddEnum(type, type.Name);
            foreach (var service in file.Service)
            {
                parts[$"service {service.Name}"] = service.Name;
                foreach (var method in service.Method)
                    parts[$"method {service.Name} {method.Name}"] =
                        $"{method.InputType} {method.OutputType} {method.ClientStreaming} {method.ServerStreaming}";
            }
        }

        return parts;

        void AddMessage(DescriptorProto message, string name)
        {
            parts[$"message {name}"] = name;
            foreach (var field in message.Field)
            {
                var type = field.TypeName.Length > 0 ? field.TypeName : field.Type.ToString().ToLowerInvariant();
                var presence = field.Proto3Optional || field.HasOneofIndex || IsMessage(field) ? "explicit" : "implicit";
                var cardinality = field.Label == FieldDescriptorProto.Types.Label.Repeated
                    ? "repeated"
                    : $"optional with {presence} presence";
                var oneof = field.HasOneofIndex && !field.Proto3Optional ? message.OneofDecl[field.OneofIndex].Name : "";
                parts[$"field {name} {field.Number}"] = $"{field.Name}|{type}|{cardinality}|{oneof}";
            }

            foreach (var nested in message.NestedType) AddMessage(nested, $"{name}.{nested.Name}");
            foreach (var nested in message.EnumType) AddEnum(nested, $"{name}.{nested.Name}");
        }

        void AddEnum(EnumDescriptorProto type, string name)
        {
            parts[$"enum {name}"] = name;
            foreach (var value in type.Value) parts[$"value {name} {value.Number}"] = value.Name;
        }
    }

    private static bool IsMessage(FieldDescriptorProto field) => field.Type == FieldDescriptorProto.Types.Type.Message;

    [GeneratedRegex("^[^:]+:[0-9]+:[0-9]+:")]
    private static partial Regex Place();
}

/// <summary>A test that runs buf, or npx, which downloads it; skipped where there is neither.</summary>
internal sealed partial class BufTheoryAttribute : TheoryAttribute
{
    /// <summary>The program and its first arguments; null where there is none.</summary>
    public static readonly (string Program, string[] Arguments)? Command = Find();

    public BufTheoryAttribute() => Skip = Command is null ? "neither buf nor npx can be run: install buf or Node.js" : null;

    private static (string, string[])? Find()
    {
        if (Works("buf", [])) return ("buf", []);
        // The version that deploy/test lints with.
        string[] npx = ["--yes", Package().Match(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "deploy", "test"))).Value];
        return Works("npx", npx) ? ("npx", npx) : null;
    }

    private static bool Works(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [.. arguments, "--version"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex("@bufbuild/buf@[0-9.]+")]
    private static partial Regex Package();
}
