using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class Naming
{
    private static readonly VirtualServer Api = Web.On(8443) with { Name = "api" };

    [Theory, Trait("case", "2")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" \t\n ")]
    public void Case_2_A_missing_or_blank_name_is_rejected(string? name) =>
        Given().When(new Create(AskedWeb with { Name = name })).ThenRejected((FieldRequired, Field.Name));

    [Fact, Trait("case", "2")]
    public void Case_2_A_name_of_255_characters_is_accepted() => Accepted(new string('x', 255));

    [Fact, Trait("case", "2")]
    public void Case_2_A_name_of_256_characters_is_rejected() => Rejected(new string('x', 256));

    [Fact, Trait("case", "2")]
    public void Case_2_A_character_outside_the_basic_plane_counts_once()
    {
        Accepted(Emoji(255));
        Rejected(Emoji(256));
    }

    [Fact]
    public void A_name_is_trimmed_before_it_is_counted() =>
        Given().When(new Create(AskedWeb with { Name = $"  {new string('x', 255)}\t" }))
            .Then(new Created(Web with { Name = new('x', 255) }));

    [Theory]
    [InlineData("we\0b")]
    [InlineData("\u001b[31mweb")]
    [InlineData("we\tb")]
    [InlineData("we\r\nb")]
    [InlineData("we\u202Eb")]
    [InlineData("we\u2028b")]
    [InlineData("\u3164")]
    public void Characters_that_are_not_printed_are_rejected(string name) => Rejected(name);

    [Fact]
    public void A_name_is_stored_in_NFC() =>
        Given().When(new Create(AskedWeb with { Name = "Zoe\u0308" })).Then(new Created(Web with { Name = "Zo\u00EB" }));

    [Fact]
    public void A_name_in_NFD_is_taken_by_its_twin_in_NFC() =>
        Given().Beside(Api with { Name = "Zo\u00EB" }).When(new Create(AskedWeb with { Name = "Zoe\u0308" }))
            .ThenRejected((NameTaken, Field.Name)).Naming("Zo\u00EB");

    [Fact]
    public void A_name_is_counted_in_NFC() =>
        Given().When(new Create(AskedWeb with { Name = string.Concat(Enumerable.Repeat("e\u0308", 255)) }))
            .Then(new Created(Web with { Name = new('\u00EB', 255) }));

    [Fact, Trait("case", "3")]
    public void Case_3_A_taken_name_is_rejected_and_the_holder_is_named() =>
        Given().Beside(Api).When(new Create(AskedWeb with { Name = "api" })).ThenRejected((NameTaken, Field.Name)).Naming("api");

    [Fact, Trait("case", "3")]
    public void Case_3_A_taken_name_is_rejected_with_surrounding_blanks() =>
        Given().Beside(Api).When(new Create(AskedWeb with { Name = " api " })).ThenRejected((NameTaken, Field.Name)).Naming("api");

    [Fact, Trait("case", "3")]
    public void Case_3_The_name_of_a_deleted_virtual_server_is_free()
    {
        var created = Given().When(new Create(AskedWeb)).Then(new Created(Web));
        created.Next().When(new Create(AskedWeb with { Port = 443 })).ThenRejected((NameTaken, Field.Name));
        created.When(new Delete()).Then(new Deleted(), again: NotFound).Next().When(new Create(AskedWeb)).Then(new Created(Web));
    }

    [Fact]
    public void Names_are_compared_exactly() =>
        Given().Beside(Api).When(new Create(AskedWeb with { Name = "API" })).Then(new Created(Web with { Name = "API" }));

    [Fact]
    public void The_name_of_an_object_of_another_kind_is_free() =>
        Given().When(new Create(AskedWeb with { Name = The.Pool.Name })).Then(new Created(Web with { Name = The.Pool.Name }));

    [Fact, Trait("case", "7")]
    public void Case_7_A_rename_changes_only_the_name() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = "store" })).Then(new Changed { Name = new("shop", "store") });

    [Fact, Trait("case", "7")]
    public void Case_7_A_rename_to_a_taken_name_is_rejected() =>
        Given(new Created(Web)).Beside(Api).When(new Configure(new() { Name = "api" })).ThenRejected((NameTaken, Field.Name)).Naming("api");

    [Fact]
    public void The_former_name_is_free_after_a_rename() =>
        Given(new Created(Web), new Changed { Name = new("web", "store") })
            .When(new Configure(new() { Name = "web" })).Then(new Changed { Name = new("store", "web") });

    [Fact]
    public void A_virtual_server_can_keep_its_name() =>
        Given(new Created(Web)).When(new Configure(new() { Name = " web " })).ThenNothing();

    private static void Accepted(string name) =>
        Given().When(new Create(AskedWeb with { Name = name })).Then(new Created(Web with { Name = name }));

    private static void Rejected(string name) =>
        Given().When(new Create(AskedWeb with { Name = name })).ThenRejected((FieldInvalid, Field.Name));
}
