/* A stand-in for Windows' own icuuc.dll, which Wine does not have and Qt will not start without.

   Every converter answers U_FILE_ACCESS_ERROR (4): Qt then does without the charsets of ICU and
   keeps its own (UTF-8, UTF-16, Latin-1, the system's). */
#define ANSWER __declspec(dllexport)
#define ABSENT 4

static void absent(int *status) { if (status) *status = ABSENT; }

ANSWER void *ucnv_open(const char *name, int *status) { (void)name; absent(status); return 0; }
ANSWER void ucnv_close(void *it) { (void)it; }
ANSWER void ucnv_reset(void *it) { (void)it; }
ANSWER signed char ucnv_getMaxCharSize(const void *it) { (void)it; return 1; }
ANSWER const char *ucnv_getName(const void *it, int *status) { (void)it; absent(status); return 0; }
ANSWER const char *ucnv_getStandardName(const char *name, const char *standard, int *status)
{ (void)name; (void)standard; absent(status); return 0; }
ANSWER const char *ucnv_getAvailableName(int number) { (void)number; return 0; }
ANSWER int ucnv_countAvailable(void) { return 0; }
ANSWER void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
ANSWER void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
ANSWER void ucnv_getToUCallBack(const void *it, void **action, const void **context)
{ (void)it; *action = 0; *context = 0; }
ANSWER void ucnv_getFromUCallBack(const void *it, void **action, const void **context)
{ (void)it; *action = 0; *context = 0; }
ANSWER void ucnv_setToUCallBack(void *it, void *action, const void *context, void **before,
                                const void **context_before, int *status)
{ (void)it; (void)action; (void)context; (void)before; (void)context_before; absent(status); }
ANSWER void ucnv_setFromUCallBack(void *it, void *action, const void *context, void **before,
                                  const void **context_before, int *status)
{ (void)it; (void)action; (void)context; (void)before; (void)context_before; absent(status); }
ANSWER void ucnv_cbToUWriteUChars(void *it, const void *source, int length, int offset, int *status)
{ (void)it; (void)source; (void)length; (void)offset; absent(status); }
ANSWER void ucnv_cbFromUWriteUChars(void *it, const void **source, const void *end, int offset,
                                    int *status)
{ (void)it; (void)source; (void)end; (void)offset; absent(status); }
ANSWER void ucnv_toUnicode(void *it, void **target, const void *target_end, const void **source,
                           const void *source_end, int *offsets, char flush, int *status)
{ (void)it; (void)target; (void)target_end; (void)source; (void)source_end; (void)offsets;
  (void)flush; absent(status); }
ANSWER void ucnv_fromUnicode(void *it, void **target, const void *target_end, const void **source,
                             const void *source_end, int *offsets, char flush, int *status)
{ (void)it; (void)target; (void)target_end; (void)source; (void)source_end; (void)offsets;
  (void)flush; absent(status); }
ANSWER int ucnv_toUCountPending(const void *it, int *status) { (void)it; absent(status); return 0; }
ANSWER int ucnv_fromUCountPending(const void *it, int *status) { (void)it; absent(status); return 0; }
