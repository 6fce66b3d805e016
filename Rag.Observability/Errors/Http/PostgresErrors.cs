using Npgsql;
using Rag.Observability.Resilience;

namespace Rag.Observability.Errors.Http;

/// <summary>What PostgreSQL's error codes (appendix A of its manual) mean for the caller, where no store has said it better.</summary>
internal static class PostgresErrors
{
    public static ErrorAnswer Translate(PostgresException exception) => exception.SqlState switch
    {
        // The value itself cannot be stored, whatever the caller tries: a NUL character, a number out of range, a broken date.
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.StringDataRightTruncation
            or PostgresErrorCodes.NumericValueOutOfRange or PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.InvalidDatetimeFormat
            or PostgresErrorCodes.DatetimeFieldOverflow => new ErrorAnswer(ErrorCatalogue.Validation, "A value of the request cannot be stored.")
            {
                Fields = [new FieldError("body", "Send text without NUL characters, and numbers and dates within their ranges.", "not_storable")],
            },
        PostgresErrorCodes.DiskFull => new ErrorAnswer(ErrorCatalogue.StorageFull, "The database's disk is full."),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            => new ErrorAnswer(ErrorCatalogue.Database, "The database was busy with the same rows. Try again."),
        PostgresErrorCodes.QueryCanceled => new ErrorAnswer(ErrorCatalogue.Database, "The database did not answer in time."),
        { } state when TransientFailures.IsUnavailable(state) => new ErrorAnswer(ErrorCatalogue.Database, "The database does not answer."),
        _ => new ErrorAnswer(ErrorCatalogue.Internal, "Something went wrong on our side. Report the request id."),
    };
}
