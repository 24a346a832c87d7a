using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class LabelsAndDescription
{
    [Fact]
    public void An_object_may_have_64_labels() =>
        Given().When(new Create(AskedWeb with { Labels = Many(64) })).Then(new Created(Web with { Labels = new(Many(64)) }));

    [Fact]
    public void An_object_cannot_have_65_labels() => Rejected(Many(65)).Saying("65", "at most 64");

    [Fact]
    public void A_key_has_1_to_63_characters()
    {
        Accepted(new string('k', 63), "");
        Accepted(Emoji(63), "");
        Accepted("k", "");
        Rejected(Pairs((new string('k', 64), "")), $"labels.`{new string('k', 64)}`").Saying("63");
        Rejected(Pairs((Emoji(64), "")), $"labels.`{Emoji(64)}`");
        Rejected(Pairs(("", "value")), "labels.``").Saying("1 to 63");
    }

    [Fact]
    public void A_value_has_up_to_255_characters()
    {
        Accepted("key", new string('v', 255));
        Accepted("key", Emoji(255));
        Rejected(Pairs(("key", new string('v', 256))), "labels.`key`").Saying("255", "\"key\"");
        Rejected(Pairs(("key", Emoji(256))), "labels.`key`");
    }

    [Theory]
    [InlineData("k\0", "v", "labels.`k\\u0000`", "labels key \"k\\u0000\" has the character U+0000")]
    [InlineData("k", "v\0", "labels.`k`", "labels value of \"k\" has the character U+0000")]
    [InlineData("k", "v\u202Ex", "labels.`k`", "labels value of \"k\" has the character U+202E")]
    [InlineData("k", "v\n", "labels.`k`", "labels value of \"k\" has the character U+000A")]
    [InlineData("\u3164", "", "labels.`\u3164`", "labels key \"\u3164\" has no visible character")]
    [InlineData("k", " ", "labels.`k`", "labels value of \"k\" has no visible character")]
    public void A_label_that_cannot_be_printed_is_rejected_and_named(string key, string value, string field, string message) =>
        Rejected(Pairs(("team", "web"), (key, value)), field).Saying(message);

    [Fact]
    public void Keys_that_differ_by_case_are_different() =>
        Given(new Created(Web with { Labels = new([new("a", "1")]) })).When(new Configure(new() { Labels = Pairs(("A", "1")) }))
            .Then(new Changed { Labels = new(new([new("a", "1")]), new([new("A", "1")])) });

    [Fact]
    public void A_different_value_of_a_label_is_a_change() =>
        Given(new Created(Web with { Labels = new([new("a", "1")]) })).When(new Configure(new() { Labels = Pairs(("a", "2")) }))
            .Then(new Changed { Labels = new(new([new("a", "1")]), new([new("a", "2")])) });

    [Fact]
    public void The_order_of_labels_is_ignored() =>
        Given(new Created(Shop)).When(new Configure(new() { Labels = Pairs(("team", ""), ("stage", "production")) })).ThenNothing();

    [Fact]
    public void A_description_has_up_to_1024_characters()
    {
        Described(new string('x', 1024));
        Described(Emoji(1024));
        Given().When(new Create(AskedWeb with { Description = new string('x', 1025) }))
            .ThenRejected((FieldInvalid, Field.Description)).Saying("1025", "at most 1024");
        Given().When(new Create(AskedWeb with { Description = Emoji(1025) })).ThenRejected((FieldInvalid, Field.Description));
    }

    [Fact]
    public void A_description_with_trailing_blanks_has_up_to_1024_characters()
    {
        var decision = Given().When(new Create(AskedWeb with { Description = new string('x', 1024) + new string(' ', 1024) })).Decision;
        if (decision is Decision<Event<VirtualServer>>.Accepted { Event: Created(var created) })
            Assert.InRange(created.Description.Length, 0, 1024);
    }

    [Fact]
    public void A_description_may_have_several_lines() => Described("One\n\tand two\r\n");

    [Fact]
    public void Other_control_characters_are_rejected_in_a_description() =>
        Given().When(new Create(AskedWeb with { Description = "\u0007" })).ThenRejected((FieldInvalid, Field.Description));

    private static Dictionary<string, string> Many(int count) =>
        Pairs(Enumerable.Range(1, count).Select(number => ($"key-{number}", $"{number}")));

    private static void Accepted(string key, string value) =>
        Given().When(new Create(AskedWeb with { Labels = Pairs((key, value)) }))
            .Then(new Created(Web with { Labels = new([new(key, value)]) }));

    private static Rejection Rejected(Dictionary<string, string> labels, string field = Field.Labels) =>
        Given().When(new Create(AskedWeb with { Labels = labels })).ThenRejected((FieldInvalid, field));

    private static void Described(string description) =>
        Given().When(new Create(AskedWeb with { Description = description })).Then(new Created(Web with { Description = description }));
}
