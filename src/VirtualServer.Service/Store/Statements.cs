using Npgsql;

namespace VirtualServers.Service.Store;

internal static class Statements
{
    /// <summary>A statement with its parameters.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource source, string sql, params IEnumerable<object?> parameters)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        return command;
    }
}
