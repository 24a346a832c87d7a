using System.Reflection;
using Marten.Schema;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;
using Weasel.Postgresql.Tables;

namespace VirtualServers.Service.Store;

/// <summary>The listener is unique among the living, with "unset" a value like any other (domain.md, section 1): columns of the view, and one index.</summary>
internal static class ListenerIndex
{
    private static readonly PropertyInfo Living = Property<View<VirtualServer>>(nameof(View<>.Living));
    private static readonly PropertyInfo Content = Property<View<VirtualServer>>(nameof(View<>.Content));
    private static readonly PropertyInfo Listener = Property<VirtualServer>(nameof(VirtualServer.Listener));

    public static void AddTo(DocumentMapping mapping)
    {
        if (mapping.DocumentType != typeof(View<VirtualServer>)) return;
        mapping.DuplicateField([Living], columnName: "living");
        mapping.DuplicateField([Content, Listener, Property<Listener>(nameof(Domain.VirtualServers.Listener.Vip))], columnName: "vip");
        mapping.DuplicateField([Content, Listener, Property<Listener>(nameof(Domain.VirtualServers.Listener.Port))], pgType: "integer", columnName: "port");
        mapping.DuplicateField([Content, Listener, Property<Listener>(nameof(Domain.VirtualServers.Listener.Protocol))], columnName: "protocol");
        mapping.Indexes.Add(new IndexDefinition("listener_is_unique")
        {
            Columns = ["vip", "port", "protocol"], IsUnique = true, NullsNotDistinct = true, Predicate = "living = true",
        });
    }

    private static PropertyInfo Property<T>(string name) => typeof(T).GetProperty(name)!;
}
