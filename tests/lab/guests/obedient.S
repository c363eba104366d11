# Says "ready" on the serial line and obeys the ACPI power button at once: for tests that only need a guest.
# With UNHURRIED defined it thinks for up to 1.8 s before, each time for another while, says "off" and not another word: for those who
# measure what waits for it.
.include "serial.S"

main:
    set_up
    listen_to_power_button
    movw $greeting, %si
    call print_text
wait:
    hlt
    test_power_button
    jz wait
.ifdef UNHURRIED
    call make_nonce              # in ebx
    shrl $27, %ebx               # 0 to 31 ticks of 55 ms
    jz off
think:
    hlt
    decl %ebx
    jnz think
off:
    movw $farewell, %si
    call print_text
    power_off
    cli                          # QEMU takes a moment
gone:
    hlt
    jmp gone
.else
    power_off
    jmp wait
.endif
greeting: .asciz "\nready\n"
.ifdef UNHURRIED
farewell: .asciz "off\n"
.endif

.org 510
.word 0xaa55
