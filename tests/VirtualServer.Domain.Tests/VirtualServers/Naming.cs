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
    public void Case_2_No_name_or_a_blank_one_is_refused(string? name) =>
        Given().When(new Create(AskedWeb with { Name = name })).ThenRejected((FieldRequired, Field.Name));

    [Fact, Trait("case", "2")]
    public void Case_2_255_characters_are_a_name() => Accepted(new string('x', 255));

    [Fact, Trait("case", "2")]
    public void Case_2_256_characters_are_not() => Refused(new string('x', 256));

    [Fact, Trait("case", "2")]
    public void Case_2_Characters_are_counted_not_their_places_in_memory()
    {
        Accepted(Emoji(255));
        Refused(Emoji(256));
    }

    [Fact]
    public void Blanks_around_a_name_are_not_part_of_it_and_not_counted() =>
        Given().When(new Create(AskedWeb with { Name = $"  {new string('x', 255)}\t" })).Then(new Created(Web with { Name = new('x', 255) }));

    [Theory]
    [InlineData("we\0b")]
    [InlineData("\u001b[31mweb")]
    [InlineData("we\tb")]
    [InlineData("we\r\nb")]
    public void Control_characters_are_refused(string name) => Refused(name);

    [Fact, Trait("case", "3")]
    public void Case_3_A_name_that_lives_is_taken_and_the_holder_named() =>
        Given().Beside(Api).When(new Create(AskedWeb with { Name = "api" })).ThenRejected((NameTaken, Field.Name)).Naming("api");

    [Fact, Trait("case", "3")]
    public void Case_3_A_name_is_taken_whatever_blanks_are_around_it() =>
        Given().Beside(Api).When(new Create(AskedWeb with { Name = " api " })).ThenRejected((NameTaken, Field.Name)).Naming("api");

    [Fact, Trait("case", "3")]
    public void Case_3_After_its_delete_the_name_is_free_for_a_new_id()
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
    public void Case_7_A_rename_changes_the_name_and_nothing_else() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = "store" })).Then(new Changed { Name = new("shop", "store") });

    [Fact, Trait("case", "7")]
    public void Case_7_A_rename_to_a_taken_name_is_refused() =>
        Given(new Created(Web)).Beside(Api).When(new Configure(new() { Name = "api" })).ThenRejected((NameTaken, Field.Name)).Naming("api");

    [Fact]
    public void The_former_name_is_free_after_a_rename() =>
        Given(new Created(Web), new Changed { Name = new("web", "store") })
            .When(new Configure(new() { Name = "web" })).Then(new Changed { Name = new("store", "web") });

    [Fact]
    public void Its_own_name_is_not_taken() =>
        Given(new Created(Web)).When(new Configure(new() { Name = " web " })).ThenNothing();

    private static void Accepted(string name) => Given().When(new Create(AskedWeb with { Name = name })).Then(new Created(Web with { Name = name }));

    private static void Refused(string name) => Given().When(new Create(AskedWeb with { Name = name })).ThenRejected((FieldInvalid, Field.Name));
}
