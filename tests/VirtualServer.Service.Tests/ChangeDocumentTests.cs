using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using RabbitMQ.Client;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Store;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// The public change is permanent: each type has a golden message in protos/examples, and the documents in protos describe all of them.
/// </summary>
public sealed class ChangeDocumentTests
{
    private static readonly JsonNode AsyncApiDocument = JsonNode.Parse(AsyncApi.Text)!;

    private static IEnumerable<string> Every => StoredEvents.Told.Select(stored => stored.Name);

    public static TheoryData<string> Types => [.. Every];

    [Theory, MemberData(nameof(Types))]
    public async Task A_change_is_written_to_and_read_from_its_golden_message(string type)
    {
        var (golden, change) = (await Golden(type), ExampleChanges.All[type].Whole);
        Assert.Equal(golden, JsonNode.Parse(JsonFormatter.Default.Format(change))!.ToJsonString(ChangeSchema.Written));
        Assert.Equal(change, JsonParser.Default.Parse<Change>(golden));
    }

    [Fact]
    public void Every_type_has_a_golden_message_and_no_other() =>
        Assert.Equal(
            Every.Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    // A field that no golden message has could change its form unnoticed.
    [Fact]
    public void Every_field_of_a_change_is_in_a_golden_message()
    {
        var (seen, all) = (new HashSet<FieldDescriptor>(), new HashSet<FieldDescriptor>());
        foreach (var change in ExampleChanges.All.Values) See(change.Whole, seen);
        Describe(Change.Descriptor, all);
        // Conditions are read with views, and not sent with changes; whoever may read all changes sees no hidden reference; no example is
        // caused by an address.
        string[] never =
        [
            "virtualserver.v1.VirtualServer.conditions", "virtualserver.v1.Reference.hidden", "virtualserver.v1.ObjectReference.namespace",
        ];
        var missing = all.Except(seen).Where(field => !IsLikeAnother(field)).Select(field => field.FullName).Except(never).ToList();
        Assert.True(missing.Count == 0, string.Join(", ", missing));

        // The kinds of placement and of inventory are alike.
        bool IsLikeAnother(FieldDescriptor field) =>
            field.RealContainingOneof?.Fields.Any(seen.Contains) == true
            || !field.ContainingType.Fields.InFieldNumberOrder().Any(seen.Contains);
    }

    [Theory, MemberData(nameof(Types))]
    public async Task The_schema_describes_the_golden_message(string type) => Assert.Equal([], ChangeFlaws.Of(await Golden(type)));

    [Theory]
    [InlineData("version", "\"7\"")]
    [InlineData("sequence", "7")]
    [InlineData("epoch", null)]
    [InlineData("kind", "\"VIRTUAL_SERVER\"")]
    [InlineData("type", "\"changed\"")]
    [InlineData("surprise", "1")]
    public async Task The_schema_refuses_another_form(string field, string? json)
    {
        var message = JsonNode.Parse(await Golden("virtual_server.changed"))!.AsObject();
        if (json is null) message.Remove(field);
        else message[field] = JsonNode.Parse(json);
        Assert.NotEmpty(ChangeFlaws.Of(message.ToJsonString()));
    }

    [Fact]
    public async Task The_schema_accepts_a_value_that_a_newer_service_adds()
    {
        var message = JsonNode.Parse(await Golden("inventory_object.changed"))!.AsObject();
        message["kind"] = "KIND_SOMETHING";
        Assert.Equal([], ChangeFlaws.Of(message.ToJsonString()));
    }

    [Fact]
    public void The_comment_of_a_change_names_the_fields_whose_empty_values_are_present()
    {
        var all = new HashSet<FieldDescriptor>();
        Describe(Change.Descriptor, all);
        var comment = (string)AsyncApiDocument["components"]!["schemas"]!["Change"]!["description"]!;
        Assert.All(
            all.Where(field => field.HasPresence && field.FieldType is not FieldType.Message).Select(field => field.Name).Distinct(),
            name => Assert.Matches($"\\b{name}\\b", comment));
    }

    [Theory, MemberData(nameof(Types))]
    public async Task The_AsyncAPI_document_describes_body_and_headers_of_the_type(string type) =>
        Assert.Equal([], ChangeFlaws.Of(await Golden(type), Headers(type)));

    [Theory]
    [InlineData("virtual_server.condition_raised", "condition")]
    [InlineData("virtual_server.condition_cleared", "changedFields")]
    [InlineData("virtual_server.changed", "before")]
    [InlineData("load_balancer_pool.created", "after")]
    public async Task The_AsyncAPI_document_requires_what_every_message_of_a_type_has(string type, string field)
    {
        var message = JsonNode.Parse(await Golden(type))!.AsObject();
        message.Remove(field);
        Assert.NotEmpty(ChangeFlaws.Of(message.ToJsonString(), Headers(type)));
    }

    [Theory]
    [InlineData("kind=KIND_VIRTUAL_SERVER")]
    [InlineData("epoch=7")]
    [InlineData("surprise=1")]
    public async Task The_AsyncAPI_document_refuses_other_headers(string header)
    {
        var others = Headers("virtual_server.changed").Where(other => other.Split('=')[0] != header.Split('=')[0]);
        Assert.NotEmpty(ChangeFlaws.Of(await Golden("virtual_server.changed"), others.Append(header)));
    }

    [Fact]
    public async Task The_documents_of_the_repository_are_those_of_the_contract()
    {
        foreach (var (file, text) in new[] { ("asyncapi.json", AsyncApi.Text), ("change.schema.json", ChangeSchema.Text) })
        {
            Assert.True(
                (await Repository.Read($"protos/{file}")).TrimEnd('\n') == text,
                $"protos/{file} is of another contract: docs/following-changes.md tells how to write it");
        }
    }

    [Fact]
    public void The_AsyncAPI_document_has_a_message_with_an_example_for_every_type_and_its_references_lead_somewhere()
    {
        var messages = AsyncApiDocument["components"]!["messages"]!.AsObject();
        Assert.Equal(Every.Order(StringComparer.Ordinal), messages.Select(message => message.Key).Order(StringComparer.Ordinal));
        Assert.All(messages, message => Assert.Equal(
            message.Key, (string?)message.Value!["examples"]![0]!["payload"]!["type"]));
        Assert.All(References(AsyncApiDocument), reference => Assert.NotNull(
            reference.Split('/').Skip(1).Aggregate((JsonNode?)AsyncApiDocument, (node, name) => node?[name])));
    }

    [Theory, MemberData(nameof(Types))]
    public void Headers_and_properties_tell_what_the_body_tells(string type)
    {
        var feed = ExampleChanges.All[type];
        var (change, message) = (feed.Whole, new BasicProperties());
        MessageHeaders.Describe(feed, message);

        Assert.Equal(
            (change.EventId, type, change.CorrelationId, "application/json", true, change.Time.Seconds),
            (message.MessageId, message.Type, message.CorrelationId ?? "", message.ContentType, message.Persistent,
                message.Timestamp.UnixTime));
        var headers = message.Headers!.ToDictionary(header => header.Key, header => (string)header.Value!);
        Assert.Equal(
            ("1.0", change.EventId, $"virtualserver.v1.{type}", change.Id, $"/virtualserver.v1/epochs/{change.Epoch}", change.Epoch),
            (headers["cloudEvents:specversion"], headers["cloudEvents:id"], headers["cloudEvents:type"], headers["cloudEvents:subject"],
                headers["cloudEvents:source"], headers["epoch"]));
        Assert.Equal(change.Time.ToDateTimeOffset(), DateTimeOffset.Parse(headers["cloudEvents:time"]));
        Assert.Equal($"KIND_{headers["kind"].ToUpperInvariant()}", OriginalName(change.Kind));
        Assert.Empty(MessageHeaders.All.Where(header => header.IsAlwaysSet).Select(header => header.Name).Except(headers.Keys));
        Assert.DoesNotContain("", headers.Values);
    }

    [Fact]
    public void Headers_tell_tenant_and_placement_after_and_before_a_change()
    {
        Assert.Equal(
            "kind=virtual_server tenant=8 tenant-before=7 placement=5 placement-before=4", Routing("virtual_server.changed"));
        Assert.Equal("kind=virtual_server tenant=7 placement=4", Routing("virtual_server.created"));
        Assert.Equal("kind=virtual_server tenant=7 placement=4", Routing("virtual_server.deleted"));
        Assert.Equal("kind=virtual_server tenant=7 placement=4", Routing("virtual_server.condition_raised"));
        Assert.Equal("kind=load_balancer_pool tenant=7", Routing("load_balancer_pool.changed"));
        Assert.Equal("kind=ip_address", Routing("inventory_object.registered"));
        Assert.Equal("kind=tenant tenant=7", Routing("inventory_object.removed"));

        static string Routing(string type) => string.Join(' ', MessageHeaders.All
            .Where(header => header.Name is "kind" or "tenant" or "tenant-before" or "placement" or "placement-before")
            .Select(header => (header.Name, Value: header.Of(ExampleChanges.All[type])))
            .Where(header => !string.IsNullOrEmpty(header.Value))
            .Select(header => $"{header.Name}={(Guid.TryParse(header.Value, out _) ? header.Value[^12..].TrimStart('0') : header.Value)}"));
    }

    [Fact]
    public async Task The_headers_of_the_document_are_those_of_the_messages()
    {
        var prose = await Repository.Read("docs/following-changes.md");
        Assert.All(MessageHeaders.All, header => Assert.Contains($"`{header.Name}`", prose, StringComparison.Ordinal));
    }

    private static string Folder => Path.Combine(Repository.Root, "protos", "examples");

    private static async Task<string> Golden(string type) => (await Repository.Read($"protos/examples/{type}.json")).TrimEnd('\n');

    private static IEnumerable<string> Headers(string type)
    {
        var message = new BasicProperties();
        MessageHeaders.Describe(ExampleChanges.All[type], message);
        return message.Headers!.Select(header => $"{header.Key}={header.Value}");
    }

    private static string OriginalName(Kind kind) =>
        Change.Descriptor.FindFieldByName("kind").EnumType.FindValueByNumber((int)kind).Name;

    private static void See(IMessage message, HashSet<FieldDescriptor> seen)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsRepeated ? ((System.Collections.ICollection)value).Count == 0
                : field.HasPresence ? !field.Accessor.HasValue(message) : value is "" or 0 or 0L or false) continue;
            seen.Add(field);
            if (field is not { FieldType: FieldType.Message, IsMap: false }) continue;
            foreach (var inner in field.IsRepeated ? ((System.Collections.IEnumerable)value).Cast<IMessage>() : [(IMessage)value])
                See(inner, seen);
        }
    }

    private static void Describe(MessageDescriptor type, HashSet<FieldDescriptor> all)
    {
        if (type.File.Package != "virtualserver.v1") return;
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (all.Add(field) && field is { FieldType: FieldType.Message, IsMap: false }) Describe(field.MessageType, all);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject part => part.SelectMany(pair => pair.Key == "$ref" ? [(string)pair.Value!] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
