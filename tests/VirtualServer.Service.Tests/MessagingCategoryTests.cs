using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using MassTransit;
using RabbitMQ.Client;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>
/// The tests that receive messages have the category Messaging, by which <c>.ci/run</c> runs them on a second kind of servers. The class
/// has it where a part of the class that is no test receives them.
/// </summary>
public sealed class MessagingCategoryTests
{
    private static readonly string?[] Receivers =
    [
        typeof(ForeignConsumer).FullName, typeof(FollowedRegistry).FullName, typeof(IConnection).FullName,
        typeof(IRabbitMqBusFactoryConfigurator).FullName,
    ];

    private static readonly Dictionary<System.Type, string> Exceptions = new()
    {
        [typeof(FrozenServerTests)] = "freezes servers of its own, which are never containers",
        [typeof(MessagingCategoryTests)] = "names what receives",
        [typeof(UpgradeTests)] = "needs an old build: deploy/upgrade-test runs it",
    };

    private static readonly Architecture Tests = new ArchLoader().LoadAssemblies(typeof(MessagingCategoryTests).Assembly).Build();

    [Fact]
    public void Every_test_that_receives_messages_has_the_category()
    {
        var receiving = Tests.Classes
            .SelectMany(known => known.Members, (known, member) => (Class: Outermost(known.FullName), member))
            .Where(pair => pair.Class?.Namespace == typeof(MessagingCategoryTests).Namespace && !Exceptions.ContainsKey(pair.Class!))
            .Where(pair => pair.member.Dependencies.Any(dependency => Receivers.Contains(dependency.Target.FullName)))
            .ToList();

        Assert.True(receiving.Count > 40, "the tests that receive messages were not found");
        Assert.All(receiving, pair => Assert.True(
            InCategory(pair.Class!) || pair.Class!.GetMethods().Any(method => method.Name == Name(pair.member) && InCategory(method)),
            $"{pair.Class!.Name}.{Name(pair.member)} receives messages: "
            + "add [Trait(\"Category\", \"Messaging\")], to its class if it is no test"));
    }

    private static System.Type? Outermost(string name) => typeof(MessagingCategoryTests).Assembly.GetType(name.Split('+')[0]);

    private static string Name(IMember member) => member.Name.Split('(')[0];

    private static bool InCategory(MemberInfo member) => member.GetCustomAttributesData().Any(attribute =>
        attribute.AttributeType == typeof(TraitAttribute)
        && attribute.ConstructorArguments.Select(argument => argument.Value).SequenceEqual(["Category", "Messaging"]));
}
