using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace VirtualServers.Service.Wire;

/// <summary>
/// The comments of the contract. The build keeps them in a descriptor set, because the descriptors of generated code have none.
/// </summary>
internal static class Comments
{
    private const string Resource = "contract.binpb";

    // Of a line that does not continue the one before.
    private static readonly string[] Beginnings = ["- ", "Errors:"];

    private static readonly Dictionary<string, string> Texts = Read();

    /// <summary>The comment of an element; a failure if it has none, because every element of the contract has one.</summary>
    public static string Of(IDescriptor element) => Texts[element.FullName];

    /// <summary>The first sentence of a comment.</summary>
    public static string FirstSentence(string comment)
    {
        var end = comment.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? comment.Split('\n')[0].TrimEnd('.') : comment[..end];
    }

    private static Dictionary<string, string> Read()
    {
        using var resource = typeof(Comments).Assembly.GetManifestResourceStream(Resource)!;
        var set = FileDescriptorSet.Parser.ParseFrom(resource);
        var files = FileDescriptor.BuildFromByteStrings(set.File.Select(file => file.ToByteString()));
        return files.Where(file => file.Package == "virtualserver.v1").SelectMany(Elements)
            .Select(element => KeyValuePair.Create(element.Key, element.Value?.LeadingComments))
            .Concat(set.File.SelectMany(Oneofs))
            .ToDictionary(element => element.Key, element => Unwrapped(element.Value ?? ""));
    }

    // Of the messages of a file. The descriptors have no declarations of them.
    private static IEnumerable<KeyValuePair<string, string?>> Oneofs(FileDescriptorProto file)
    {
        foreach (var location in file.SourceCodeInfo.Location)
        {
            if (location.Path is not
                [FileDescriptorProto.MessageTypeFieldNumber, var message, DescriptorProto.OneofDeclFieldNumber, var oneof]) continue;
            var type = file.MessageType[message];
            yield return new($"{file.Package}.{type.Name}.{type.OneofDecl[oneof].Name}", location.LeadingComments);
        }
    }

    private static IEnumerable<KeyValuePair<string, DescriptorDeclaration?>> Elements(FileDescriptor file) =>
    [
        .. file.MessageTypes.SelectMany(Elements), .. file.EnumTypes.SelectMany(Elements),
        .. file.Services.SelectMany(service => service.Methods
            .Select(method => KeyValuePair.Create<string, DescriptorDeclaration?>(method.FullName, method.Declaration))
            .Prepend(new(service.FullName, service.Declaration))),
    ];

    private static IEnumerable<KeyValuePair<string, DescriptorDeclaration?>> Elements(MessageDescriptor type) =>
    [
        new(type.FullName, type.Declaration),
        .. type.Fields.InDeclarationOrder()
            .Select(field => KeyValuePair.Create<string, DescriptorDeclaration?>(field.FullName, field.Declaration)),
        .. type.NestedTypes.SelectMany(Elements), .. type.EnumTypes.SelectMany(Elements),
    ];

    private static IEnumerable<KeyValuePair<string, DescriptorDeclaration?>> Elements(EnumDescriptor type) =>
    [
        new(type.FullName, type.Declaration),
        .. type.Values.Select(value => KeyValuePair.Create<string, DescriptorDeclaration?>(value.FullName, value.Declaration)),
    ];

    // A paragraph or an item of a list on one line.
    private static string Unwrapped(string comment)
    {
        var text = new StringBuilder();
        foreach (var line in comment.Split('\n').Select(line => line.Trim()))
        {
            var begins = line.Length == 0 || Beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal));
            if (text.Length > 0) text.Append(begins || text[^1] == '\n' ? '\n' : ' ');
            text.Append(line);
        }

        return text.ToString().Trim();
    }
}
